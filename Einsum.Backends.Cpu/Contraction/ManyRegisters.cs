using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>Tiles for 32 vector registers: 14, 12, 8 or 4 rows of two vectors or one.</summary>
readonly unsafe struct ManyRegisters<T, V, S> : IMicroKernel<T>
    where T : unmanaged where V : struct where S : struct, ISimd<T, V>
{
    public static int Rows => 14;

    public static int Columns => 2 * S.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int HeightFor(int rows) => rows <= 4 ? 4 : rows <= 8 ? 8 : rows <= 12 ? 12 : 14;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WidthFor(int columns) => columns <= S.Count ? S.Count : 2 * S.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(nint depth, T* x, nint xRow, nint xStep, T* y, nint yStep, T* c, nint* cRows, int rows, int columns, StoreMode mode, nint* lines, T* copy)
    {
        if (lines is null && copy is null) Run<Nothing>(depth, x, xRow, xStep, y, yStep, c, cRows, rows, columns, mode, lines, copy);
        else RunBeside(depth, x, xRow, xStep, y, yStep, c, cRows, rows, columns, mode, lines, copy);
    }

    /// <summary>Out of line, so that callers stay short.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    static void RunBeside(
        nint depth, T* x, nint xRow, nint xStep, T* y, nint yStep, T* c, nint* cRows, int rows, int columns, StoreMode mode, nint* lines, T* copy)
    {
        if (copy is null) Run<Asks>(depth, x, xRow, xStep, y, yStep, c, cRows, rows, columns, mode, lines, copy);
        else if (lines is null) Run<Copies>(depth, x, xRow, xStep, y, yStep, c, cRows, rows, columns, mode, lines, copy);
        else Run<AsksAndCopies>(depth, x, xRow, xStep, y, yStep, c, cRows, rows, columns, mode, lines, copy);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Run<TBeside>(nint depth, T* x, nint xRow, nint xStep, T* y, nint yStep, T* c, nint* cRows, int rows, int columns, StoreMode mode, nint* lines, T* copy)
        where TBeside : struct, IBeside
    {
        if (columns > S.Count)
        {
            if (rows > 12) ManyTile<T, V, S, FourteenRows, TwoVectors>.Run<TBeside>(depth, x, xRow, xStep, y, yStep, c, cRows, rows, columns, mode, lines, copy);
            else if (rows > 8) ManyTile<T, V, S, TwelveRows, TwoVectors>.Run<TBeside>(depth, x, xRow, xStep, y, yStep, c, cRows, rows, columns, mode, lines, copy);
            else if (rows > 4) ManyTile<T, V, S, EightRows, TwoVectors>.Run<TBeside>(depth, x, xRow, xStep, y, yStep, c, cRows, rows, columns, mode, lines, copy);
            else ManyTile<T, V, S, FourRows, TwoVectors>.Run<TBeside>(depth, x, xRow, xStep, y, yStep, c, cRows, rows, columns, mode, lines, copy);
        }
        else
        {
            if (rows > 12) ManyTile<T, V, S, FourteenRows, OneVector>.Run<TBeside>(depth, x, xRow, xStep, y, yStep, c, cRows, rows, columns, mode, lines, copy);
            else if (rows > 8) ManyTile<T, V, S, TwelveRows, OneVector>.Run<TBeside>(depth, x, xRow, xStep, y, yStep, c, cRows, rows, columns, mode, lines, copy);
            else if (rows > 4) ManyTile<T, V, S, EightRows, OneVector>.Run<TBeside>(depth, x, xRow, xStep, y, yStep, c, cRows, rows, columns, mode, lines, copy);
            else ManyTile<T, V, S, FourRows, OneVector>.Run<TBeside>(depth, x, xRow, xStep, y, yStep, c, cRows, rows, columns, mode, lines, copy);
        }
    }
}
