using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>c[i, :] (+)= sum over p of x[i, p] * y[p, :]</c> for 6 or 4 rows of two vectors or one, in 16 registers: up to 12 accumulators, two vectors of y and one broadcast of
/// x are live in the loop. Four steps are written out: counters and addresses take a good part of what a core starts in a cycle, more so where two threads share the core.
/// </summary>
static unsafe class FewTile<T, V, S, TRows, TColumns>
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

        MicroKernel.PrefetchRows(c, cRows, rows, columns, mode);
        if (xRow == 1 && xStep == TRows.Count)
            for (; depth >= 4; depth -= 4)
            {
                Step<TBeside>(x, 0, x, 3, 1, y, ref lines, ref copy, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r);
                y += yStep;
                Step<TBeside>(x, TRows.Count, x, TRows.Count + 3, 1, y, ref lines, ref copy, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r);
                y += yStep;
                Step<TBeside>(x, 2 * TRows.Count, x, 2 * TRows.Count + 3, 1, y, ref lines, ref copy, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r);
                y += yStep;
                Step<TBeside>(x, 3 * TRows.Count, x, 3 * TRows.Count + 3, 1, y, ref lines, ref copy, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r);
                y += yStep;
                x += 4 * TRows.Count;
            }

        var x3 = x + 3 * xRow;
        if (xStep == 1)
            for (; depth >= 4; depth -= 4)
            {
                Step<TBeside>(x, 0, x3, 0, xRow, y, ref lines, ref copy, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r);
                y += yStep;
                Step<TBeside>(x, 1, x3, 1, xRow, y, ref lines, ref copy, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r);
                y += yStep;
                Step<TBeside>(x, 2, x3, 2, xRow, y, ref lines, ref copy, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r);
                y += yStep;
                Step<TBeside>(x, 3, x3, 3, xRow, y, ref lines, ref copy, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r);
                y += yStep;
                x += 4;
                x3 += 4;
            }

        for (; depth > 0; depth--)
        {
            Step<TBeside>(x, 0, x3, 0, xRow, y, ref lines, ref copy, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r);
            x += xStep;
            x3 += xStep;
            y += yStep;
        }

        var ofLast = TColumns.AreTwo ? columns - S.Count : columns;
        var isFull = ofLast == S.Count;
        var last = TailMask.First<T, V, S>(ofLast);
        StoreRow(c + cRows[0], c0l, c0r, isFull, last, mode);
        if (rows == 1) return;
        StoreRow(c + cRows[1], c1l, c1r, isFull, last, mode);
        if (rows == 2) return;
        StoreRow(c + cRows[2], c2l, c2r, isFull, last, mode);
        if (rows == 3) return;
        StoreRow(c + cRows[3], c3l, c3r, isFull, last, mode);
        if (rows == 4 || TRows.Count == 4) return;
        StoreRow(c + cRows[4], c4l, c4r, isFull, last, mode);
        if (rows == 5) return;
        StoreRow(c + cRows[5], c5l, c5r, isFull, last, mode);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Step<TBeside>(
        T* x, nint at, T* x3, nint at3, nint xRow, T* y, ref nint* lines, ref T* copy,
        ref V c0l, ref V c0r, ref V c1l, ref V c1r, ref V c2l, ref V c2r, ref V c3l, ref V c3r, ref V c4l, ref V c4r, ref V c5l, ref V c5r)
        where TBeside : struct, IBeside
    {
        if (TBeside.Asks) MicroKernel.Ask(lines++);
        var left = S.Load(y);
        var right = TColumns.AreTwo ? S.Load(y + S.Count) : default;
        if (TBeside.Copies)
        {
            if (TColumns.AreTwo) MicroKernel.Copy<T, V, S>(ref copy, left, right);
            else MicroKernel.Copy<T, V, S>(ref copy, left);
        }
        MicroKernel.Add<T, V, S, TColumns>(x[at], left, right, ref c0l, ref c0r);
        MicroKernel.Add<T, V, S, TColumns>(x[at + xRow], left, right, ref c1l, ref c1r);
        MicroKernel.Add<T, V, S, TColumns>(x[at + 2 * xRow], left, right, ref c2l, ref c2r);
        MicroKernel.Add<T, V, S, TColumns>(x3[at3], left, right, ref c3l, ref c3r);
        if (TRows.Count == 4) return;
        MicroKernel.Add<T, V, S, TColumns>(x3[at3 + xRow], left, right, ref c4l, ref c4r);
        MicroKernel.Add<T, V, S, TColumns>(x3[at3 + 2 * xRow], left, right, ref c5l, ref c5r);
    }

    /// <summary>Full vectors are stored without a mask, which takes some processors of 16 registers forty operations (Zen 3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreRow(T* row, V left, V right, bool isFull, V last, StoreMode mode)
    {
        if (isFull && mode != StoreMode.Stream)
        {
            S.Store(row, mode == StoreMode.Add ? S.Add(S.Load(row), left) : left);
            if (TColumns.AreTwo) S.Store(row + S.Count, mode == StoreMode.Add ? S.Add(S.Load(row + S.Count), right) : right);
        }
        else if (TColumns.AreTwo) MicroKernel.StoreRow<T, V, S>(row, left, right, last, mode);
        else MicroKernel.StoreRow<T, V, S>(row, left, last, mode);
    }
}
