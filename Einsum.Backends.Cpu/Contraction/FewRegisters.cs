using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>Tiles for 16 vector registers: 6 or 4 rows of two vectors or one.</summary>
readonly unsafe struct FewRegisters<T, V, S> : IMicroKernel<T>
    where T : unmanaged where V : struct where S : struct, ISimd<T, V>
{
    public static int Rows => 6;

    public static int Columns => 2 * S.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int HeightFor(int rows) => rows <= 4 ? 4 : 6;

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
            if (rows > 4) FewTile<T, V, S, SixRows, TwoVectors>.Run<TBeside>(depth, x, xRow, xStep, y, yStep, c, cRows, rows, columns, mode, lines, copy);
            else FewTile<T, V, S, FourRows, TwoVectors>.Run<TBeside>(depth, x, xRow, xStep, y, yStep, c, cRows, rows, columns, mode, lines, copy);
        }
        else
        {
            if (rows > 4) FewTile<T, V, S, SixRows, OneVector>.Run<TBeside>(depth, x, xRow, xStep, y, yStep, c, cRows, rows, columns, mode, lines, copy);
            else FewTile<T, V, S, FourRows, OneVector>.Run<TBeside>(depth, x, xRow, xStep, y, yStep, c, cRows, rows, columns, mode, lines, copy);
        }
    }
}
