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

    public static void Run<TStore>(in Steps steps, T* source, T* destination, nint rows, nint columns) where TStore : struct, IStore
    {
        var keepsPlaces = typeof(TStore) == typeof(StreamingStore);
        if (rows < TTile.Side || columns < (keepsPlaces ? 1 : TTile.Side)) Parts(steps.ColumnStep, steps.ResultStep, source, destination, rows, columns);
        else if (keepsPlaces) InPlaces<TStore>(steps, source, destination, rows, columns);
        else Overlapping<TStore>(steps, source, destination, rows, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Overlapping<TStore>(in Steps steps, T* source, T* destination, nint rows, nint columns) where TStore : struct, IStore
    {
        var (columnStep, resultStep, sourceAhead) = (steps.ColumnStep, steps.ResultStep, steps.SourceAhead);
        for (nint j = 0; j < columns; j += TTile.Side)
        {
            if (j + TTile.Side > columns) j = columns - TTile.Side;
            var from = source + j * columnStep;
            for (nint i = 0; i < rows; i += TTile.Side)
            {
                if (i + TTile.Side > rows) i = rows - TTile.Side;
                if (sourceAhead != 0) Prefetch(from + i + sourceAhead, columnStep);
                TTile.Transpose<TStore>(from + i, columnStep, destination + j + i * resultStep, resultStep);
            }
        }
    }

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
        if (whole < columns) Parts(columnStep, resultStep, source + whole * columnStep, destination + whole, rows, columns - whole);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Parts(nint columnStep, nint resultStep, T* source, T* destination, nint rows, nint columns)
    {
        for (nint j = 0; j < columns; j += TTile.Side)
            for (nint i = 0; i < rows; i += TTile.Side)
                TTile.TransposePart(source + j * columnStep + i, columnStep, destination + i * resultStep + j, resultStep,
                    (int)Math.Min(TTile.Side, rows - i), (int)Math.Min(TTile.Side, columns - j));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Prefetch(T* start, nint step)
    {
        if (!Sse.IsSupported) return;
        for (var row = 0; row < TTile.Side; row++, start += step) Sse.Prefetch0(start);
    }
}
