using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>c[i, :] (+)= sum over p of x[i, p] * y[p, :]</c> for 4 rows of 2 vectors: 8 accumulators, two vectors of y and one broadcast of x
/// are live in the loop. They are named locals because the JIT keeps no array in registers.
/// </summary>
static unsafe class MicroKernel4x2<T, V, S> where T : unmanaged where V : struct where S : struct, ISimd<T, V>
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

        var xRow2 = 2 * xRow;
        var x3 = x + xRow2 + xRow;
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
            x += xStep;
            x3 += xStep;
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
    }
}
