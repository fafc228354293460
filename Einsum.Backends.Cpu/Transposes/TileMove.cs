using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// Rows of the destination are columns of the source, whose neighbours lie along i: square tiles in registers. The last tiles overlap those before
/// them, and elements are written twice with the same values, but where whole lines are stored they must not leave their places.
/// </summary>
readonly unsafe struct TileMove<T, TTile> : IMove<T> where T : unmanaged where TTile : struct, ITile<T>
{
    public static int Side => TTile.Side;

    public static bool StoresLines => TTile.Side * sizeof(T) == Lines.Bytes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TStore>(in Steps steps, T* source, T* destination, nint rows, nint columns) where TStore : struct, IStore
    {
        var keepsPlaces = typeof(TStore) == typeof(StreamingStore);
        if (keepsPlaces && rows >= TTile.Side) InPlaces<TStore>(steps, source, destination, rows, columns);
        else if (Math.Min(rows, columns) >= (TTile.Strip > 0 ? TTile.Strip : TTile.Side) && Math.Max(rows, columns) >= TTile.Side) Overlapping(steps, source, destination, rows, columns);
        else Parts(steps, source, destination, rows, columns);
    }

    /// <summary>Bands of as many columns as a side, and strips where what is left is less.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Overlapping(in Steps steps, T* source, T* destination, nint rows, nint columns)
    {
        var (columnStep, resultStep, ahead, isFar) = (steps.ColumnStep, steps.ResultStep, steps.SourceAhead, steps.ResultIsFar);
        nint j = 0;
        for (; IsWhole(rows, columns, columns - j); j += TTile.Side)
        {
            if (j + TTile.Side > columns) j = columns - TTile.Side;
            T* from = source + j * columnStep, to = destination + j;
            nint i = 0;
            for (; IsWhole(columns, rows, rows - i); i += TTile.Side)
            {
                if (i + TTile.Side > rows) i = rows - TTile.Side;
                if (ahead != 0) Prefetch(from + i + ahead, columnStep);
                if (isFar) PrefetchResult(to + i * resultStep, resultStep, TTile.Side, TTile.Side);
                TTile.Transpose<CachedStore>(from + i, columnStep, to + i * resultStep, resultStep);
            }
            for (; i < rows; i += TTile.Strip)
            {
                if (i + TTile.Strip > rows) i = rows - TTile.Strip;
                if (ahead != 0) Prefetch(from + i + ahead, columnStep);
                if (isFar) PrefetchResult(to + i * resultStep, resultStep, TTile.Strip, TTile.Side);
                TTile.TransposeRows(from + i, columnStep, to + i * resultStep, resultStep, TTile.Strip);
            }
        }
        for (; j < columns; j += TTile.Strip)
        {
            if (j + TTile.Strip > columns) j = columns - TTile.Strip;
            for (nint i = 0; i < rows; i += TTile.Side)
            {
                if (i + TTile.Side > rows) i = rows - TTile.Side;
                if (isFar) PrefetchResult(destination + j + i * resultStep, resultStep, TTile.Side, TTile.Strip);
                TTile.TransposeColumns(source + j * columnStep + i, columnStep, destination + j + i * resultStep, resultStep, TTile.Strip);
            }
        }
    }

    /// <summary>Whether a whole tile, which overlaps the one before if it must, covers what is left of an axis better than strips: more than three strips, where the other axis has room for strips at all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool IsWhole(nint other, nint extent, nint left) => left >= TTile.Side || (left > 0 && extent >= TTile.Side && (left > 3 * TTile.Strip || other < TTile.Side));

    /// <summary>Lines that are neighbours in the destination are written one after the other: memory takes them together.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void InPlaces<TStore>(in Steps steps, T* source, T* destination, nint rows, nint columns) where TStore : struct, IStore
    {
        var (columnStep, resultStep, sourceAhead) = (steps.ColumnStep, steps.ResultStep, steps.SourceAhead);
        var whole = columns - columns % TTile.Side;
        for (nint i = 0; i < rows; i += TTile.Side)
        {
            if (i + TTile.Side > rows) i = rows - TTile.Side;
            for (nint j = 0; j < whole; j += TTile.Side)
            {
                var from = source + j * columnStep + i;
                if (sourceAhead != 0) Prefetch(from + sourceAhead, columnStep);
                TTile.Transpose<TStore>(from, columnStep, destination + j + i * resultStep, resultStep);
            }
        }
        if (whole < columns) Parts(steps, source + whole * columnStep, destination + whole, rows, columns - whole);
    }

    /// <summary>Where even strips are too wide they read, or write, some elements beyond what counts, as far as there are more columns, or rows, behind them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Parts(in Steps steps, T* source, T* destination, nint rows, nint columns)
    {
        var (columnStep, resultStep, isFar) = (steps.ColumnStep, steps.ResultStep, steps.ResultIsFar);
        nint i = 0, j = 0;
        if (rows < TTile.Strip && columnStep + rows >= TTile.Strip)
            for (; j < columns - TTile.Side; j += TTile.Side) TTile.TransposeRows(source + j * columnStep, columnStep, destination + j, resultStep, (int)rows);
        else if (columns is > 1 && columns < TTile.Strip && resultStep == columns)
            for (; i < rows - TTile.Side; i += TTile.Side) TTile.TransposeColumns(source + i, columnStep, destination + i * resultStep, resultStep, (int)columns);
        var first = i;
        for (; j < columns; j += TTile.Side)
            for (i = first; i < rows; i += TTile.Side)
            {
                var (height, width) = ((int)Math.Min(TTile.Side, rows - i), (int)Math.Min(TTile.Side, columns - j));
                if (isFar) PrefetchResult(destination + i * resultStep + j, resultStep, height, width);
                TTile.TransposePart(source + j * columnStep + i, columnStep, destination + i * resultStep + j, resultStep, height, width);
            }
    }

    /// <summary>The lines that a tile is about to be stored to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void PrefetchResult(T* start, nint step, int rows, int columns)
    {
        for (var row = 0; row < rows; row++, start += step) Lines.Ask((byte*)start, columns * sizeof(T));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Prefetch(T* start, nint step)
    {
        if (!Sse.IsSupported) return;
        for (var row = 0; row < TTile.Side; row++, start += step) Sse.Prefetch0(start);
    }
}
