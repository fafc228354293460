using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>c[i, :] (+)= sum over p of x[i, p] * y[p, :]</c> for 14, 12, 8 or 4 rows of two vectors or one, in 32 registers: up to 28 sums, two vectors of y and one broadcast of x are
/// live in the loop. The sums are named locals because the JIT keeps no array in registers. Two steps are written out where panels are packed or rows are read along their
/// neighbours; with four the JIT stops inlining, and sums are spilled.
/// </summary>
static unsafe class ManyTile<T, V, S, TRows, TColumns>
    where T : unmanaged where V : struct where S : struct, ISimd<T, V> where TRows : struct, ITileRows where TColumns : struct, ITileColumns
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TBeside>(
        nint depth, T* x, nint xRow, nint xStep, T* y, nint yStep, T* c, nint* cRows, int rows, int columns, StoreMode mode, nint* lines, T* copy)
        where TBeside : struct, IBeside
    {
        V c0l = S.Zero, c0r = S.Zero;
        V c1l = S.Zero, c1r = S.Zero;
        V c2l = S.Zero, c2r = S.Zero;
        V c3l = S.Zero, c3r = S.Zero;
        V c4l = S.Zero, c4r = S.Zero;
        V c5l = S.Zero, c5r = S.Zero;
        V c6l = S.Zero, c6r = S.Zero;
        V c7l = S.Zero, c7r = S.Zero;
        V c8l = S.Zero, c8r = S.Zero;
        V c9l = S.Zero, c9r = S.Zero;
        V c10l = S.Zero, c10r = S.Zero;
        V c11l = S.Zero, c11r = S.Zero;
        V c12l = S.Zero, c12r = S.Zero;
        V c13l = S.Zero, c13r = S.Zero;

        MicroKernel.PrefetchRows(c, cRows, rows, columns, mode);
        V left, right;
        T* x3 = x + 3 * xRow, x6 = x3 + 3 * xRow, x9 = x6 + 3 * xRow, x12 = x9 + 3 * xRow;
        if (xRow == 1 && xStep == TRows.Count)
            for (; depth >= 2; depth -= 2)
            {
                Load<TBeside>(ref y, yStep, ref lines, ref copy, out left, out right);
                UpperRows(x, x3, 0, 1, left, right, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r);
                LowerRows(x6, x9, x12, 0, 1, left, right, ref c6l, ref c6r, ref c7l, ref c7r, ref c8l, ref c8r, ref c9l, ref c9r, ref c10l, ref c10r, ref c11l, ref c11r, ref c12l, ref c12r, ref c13l, ref c13r);
                Load<TBeside>(ref y, yStep, ref lines, ref copy, out left, out right);
                UpperRows(x, x3, TRows.Count, 1, left, right, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r);
                LowerRows(x6, x9, x12, TRows.Count, 1, left, right, ref c6l, ref c6r, ref c7l, ref c7r, ref c8l, ref c8r, ref c9l, ref c9r, ref c10l, ref c10r, ref c11l, ref c11r, ref c12l, ref c12r, ref c13l, ref c13r);
                Advance(2 * TRows.Count, ref x, ref x3, ref x6, ref x9, ref x12);
            }
        else if (xStep == 1)
            for (; depth >= 2; depth -= 2)
            {
                Load<TBeside>(ref y, yStep, ref lines, ref copy, out left, out right);
                UpperRows(x, x3, 0, xRow, left, right, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r);
                LowerRows(x6, x9, x12, 0, xRow, left, right, ref c6l, ref c6r, ref c7l, ref c7r, ref c8l, ref c8r, ref c9l, ref c9r, ref c10l, ref c10r, ref c11l, ref c11r, ref c12l, ref c12r, ref c13l, ref c13r);
                Load<TBeside>(ref y, yStep, ref lines, ref copy, out left, out right);
                UpperRows(x, x3, 1, xRow, left, right, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r);
                LowerRows(x6, x9, x12, 1, xRow, left, right, ref c6l, ref c6r, ref c7l, ref c7r, ref c8l, ref c8r, ref c9l, ref c9r, ref c10l, ref c10r, ref c11l, ref c11r, ref c12l, ref c12r, ref c13l, ref c13r);
                Advance(2, ref x, ref x3, ref x6, ref x9, ref x12);
            }

        for (; depth > 0; depth--)
        {
            Load<TBeside>(ref y, yStep, ref lines, ref copy, out left, out right);
            UpperRows(x, x3, 0, xRow, left, right, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r);
            LowerRows(x6, x9, x12, 0, xRow, left, right, ref c6l, ref c6r, ref c7l, ref c7r, ref c8l, ref c8r, ref c9l, ref c9r, ref c10l, ref c10r, ref c11l, ref c11r, ref c12l, ref c12r, ref c13l, ref c13r);
            Advance(xStep, ref x, ref x3, ref x6, ref x9, ref x12);
        }

        var last = TailMask.First<T, V, S>(TColumns.AreTwo ? columns - S.Count : columns);
        StoreRow(c + cRows[0], c0l, c0r, last, mode);
        if (rows == 1) return;
        StoreRow(c + cRows[1], c1l, c1r, last, mode);
        if (rows == 2) return;
        StoreRow(c + cRows[2], c2l, c2r, last, mode);
        if (rows == 3) return;
        StoreRow(c + cRows[3], c3l, c3r, last, mode);
        if (rows == 4 || TRows.Count == 4) return;
        StoreRow(c + cRows[4], c4l, c4r, last, mode);
        if (rows == 5) return;
        StoreRow(c + cRows[5], c5l, c5r, last, mode);
        if (rows == 6) return;
        StoreRow(c + cRows[6], c6l, c6r, last, mode);
        if (rows == 7) return;
        StoreRow(c + cRows[7], c7l, c7r, last, mode);
        if (rows == 8 || TRows.Count == 8) return;
        StoreRow(c + cRows[8], c8l, c8r, last, mode);
        if (rows == 9) return;
        StoreRow(c + cRows[9], c9l, c9r, last, mode);
        if (rows == 10) return;
        StoreRow(c + cRows[10], c10l, c10r, last, mode);
        if (rows == 11) return;
        StoreRow(c + cRows[11], c11l, c11r, last, mode);
        if (rows == 12 || TRows.Count == 12) return;
        StoreRow(c + cRows[12], c12l, c12r, last, mode);
        if (rows == 13) return;
        StoreRow(c + cRows[13], c13l, c13r, last, mode);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Load<TBeside>(ref T* y, nint yStep, ref nint* lines, ref T* copy, out V left, out V right) where TBeside : struct, IBeside
    {
        if (TBeside.Asks) MicroKernel.Ask(lines++);
        left = S.Load(y);
        right = TColumns.AreTwo ? S.Load(y + S.Count) : default;
        if (TBeside.Copies)
        {
            if (TColumns.AreTwo) MicroKernel.Copy<T, V, S>(ref copy, left, right);
            else MicroKernel.Copy<T, V, S>(ref copy, left);
        }

        y += yStep;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void UpperRows(
        T* x, T* x3, nint at, nint xRow, V left, V right,
        ref V c0l, ref V c0r, ref V c1l, ref V c1r, ref V c2l, ref V c2r, ref V c3l, ref V c3r, ref V c4l, ref V c4r, ref V c5l, ref V c5r)
    {
        MicroKernel.Add<T, V, S, TColumns>(x[at], left, right, ref c0l, ref c0r);
        MicroKernel.Add<T, V, S, TColumns>(x[at + xRow], left, right, ref c1l, ref c1r);
        MicroKernel.Add<T, V, S, TColumns>(x[at + 2 * xRow], left, right, ref c2l, ref c2r);
        MicroKernel.Add<T, V, S, TColumns>(x3[at], left, right, ref c3l, ref c3r);
        if (TRows.Count == 4) return;
        MicroKernel.Add<T, V, S, TColumns>(x3[at + xRow], left, right, ref c4l, ref c4r);
        MicroKernel.Add<T, V, S, TColumns>(x3[at + 2 * xRow], left, right, ref c5l, ref c5r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void LowerRows(
        T* x6, T* x9, T* x12, nint at, nint xRow, V left, V right,
        ref V c6l, ref V c6r, ref V c7l, ref V c7r, ref V c8l, ref V c8r, ref V c9l, ref V c9r, ref V c10l, ref V c10r, ref V c11l, ref V c11r, ref V c12l, ref V c12r, ref V c13l, ref V c13r)
    {
        if (TRows.Count == 4) return;
        MicroKernel.Add<T, V, S, TColumns>(x6[at], left, right, ref c6l, ref c6r);
        MicroKernel.Add<T, V, S, TColumns>(x6[at + xRow], left, right, ref c7l, ref c7r);
        if (TRows.Count == 8) return;
        MicroKernel.Add<T, V, S, TColumns>(x6[at + 2 * xRow], left, right, ref c8l, ref c8r);
        MicroKernel.Add<T, V, S, TColumns>(x9[at], left, right, ref c9l, ref c9r);
        MicroKernel.Add<T, V, S, TColumns>(x9[at + xRow], left, right, ref c10l, ref c10r);
        MicroKernel.Add<T, V, S, TColumns>(x9[at + 2 * xRow], left, right, ref c11l, ref c11r);
        if (TRows.Count == 12) return;
        MicroKernel.Add<T, V, S, TColumns>(x12[at], left, right, ref c12l, ref c12r);
        MicroKernel.Add<T, V, S, TColumns>(x12[at + xRow], left, right, ref c13l, ref c13r);
    }

    /// <summary>Moves the addresses of rows on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Advance(nint by, ref T* x, ref T* x3, ref T* x6, ref T* x9, ref T* x12)
    {
        x += by;
        x3 += by;
        if (TRows.Count > 4) x6 += by;
        if (TRows.Count > 8) x9 += by;
        if (TRows.Count > 12) x12 += by;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreRow(T* row, V left, V right, V last, StoreMode mode)
    {
        if (TColumns.AreTwo) MicroKernel.StoreRow<T, V, S>(row, left, right, last, mode);
        else MicroKernel.StoreRow<T, V, S>(row, left, last, mode);
    }
}
