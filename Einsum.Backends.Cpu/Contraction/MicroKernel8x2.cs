using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>c[i, :] (+)= sum over p of x[i, p] * y[p, :]</c> for 8 rows of 2 vectors: 16 accumulators, two vectors of y and one broadcast of x
/// are live in the loop. They are named locals because the JIT keeps no array in registers.
/// </summary>
static unsafe class MicroKernel8x2<T, V, S> where T : unmanaged where V : struct where S : struct, ISimd<T, V>
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

        var xRow2 = 2 * xRow;
        var x3 = x + xRow2 + xRow;
        var x6 = x3 + xRow2 + xRow;
        MicroKernel.PrefetchRows(c, cRows, rows, columns, mode);
        for (; depth > 0; depth--)
        {
            if (TBeside.Asks) MicroKernel.Ask(lines++);
            var left = S.Load(y);
            var right = S.Load(y + S.Count);
            if (TBeside.Copies) MicroKernel.Copy<T, V, S>(ref copy, left, right);
            var v0 = S.Broadcast(x[0]);
            c0l = S.MultiplyAdd(v0, left, c0l);
            c0r = S.MultiplyAdd(v0, right, c0r);
            var v1 = S.Broadcast(x[xRow]);
            c1l = S.MultiplyAdd(v1, left, c1l);
            c1r = S.MultiplyAdd(v1, right, c1r);
            var v2 = S.Broadcast(x[xRow2]);
            c2l = S.MultiplyAdd(v2, left, c2l);
            c2r = S.MultiplyAdd(v2, right, c2r);
            var v3 = S.Broadcast(x3[0]);
            c3l = S.MultiplyAdd(v3, left, c3l);
            c3r = S.MultiplyAdd(v3, right, c3r);
            var v4 = S.Broadcast(x3[xRow]);
            c4l = S.MultiplyAdd(v4, left, c4l);
            c4r = S.MultiplyAdd(v4, right, c4r);
            var v5 = S.Broadcast(x3[xRow2]);
            c5l = S.MultiplyAdd(v5, left, c5l);
            c5r = S.MultiplyAdd(v5, right, c5r);
            var v6 = S.Broadcast(x6[0]);
            c6l = S.MultiplyAdd(v6, left, c6l);
            c6r = S.MultiplyAdd(v6, right, c6r);
            var v7 = S.Broadcast(x6[xRow]);
            c7l = S.MultiplyAdd(v7, left, c7l);
            c7r = S.MultiplyAdd(v7, right, c7r);
            x += xStep;
            x3 += xStep;
            x6 += xStep;
            y += yStep;
        }

        var last = TailMask.First<T, V, S>(columns - S.Count);
        MicroKernel.StoreRow<T, V, S>(c + cRows[0], c0l, c0r, last, mode);
        if (rows == 1) return;
        MicroKernel.StoreRow<T, V, S>(c + cRows[1], c1l, c1r, last, mode);
        if (rows == 2) return;
        MicroKernel.StoreRow<T, V, S>(c + cRows[2], c2l, c2r, last, mode);
        if (rows == 3) return;
        MicroKernel.StoreRow<T, V, S>(c + cRows[3], c3l, c3r, last, mode);
        if (rows == 4) return;
        MicroKernel.StoreRow<T, V, S>(c + cRows[4], c4l, c4r, last, mode);
        if (rows == 5) return;
        MicroKernel.StoreRow<T, V, S>(c + cRows[5], c5l, c5r, last, mode);
        if (rows == 6) return;
        MicroKernel.StoreRow<T, V, S>(c + cRows[6], c6l, c6r, last, mode);
        if (rows == 7) return;
        MicroKernel.StoreRow<T, V, S>(c + cRows[7], c7l, c7r, last, mode);
    }
}
