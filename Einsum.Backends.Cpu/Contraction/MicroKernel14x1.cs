using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>c[i, :] (+)= sum over p of x[i, p] * y[p, :]</c> for 14 rows of one vector: 14 accumulators, a vector of y and one broadcast of x
/// are live in the loop. They are named locals because the JIT keeps no array in registers.
/// </summary>
static unsafe class MicroKernel14x1<T, V, S> where T : unmanaged where V : struct where S : struct, ISimd<T, V>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TBeside>(
        nint depth, T* x, nint xRow, nint xStep, T* y, nint yStep, T* c, nint* cRows, int rows, int columns, StoreMode mode, nint* lines, T* copy)
        where TBeside : struct, IBeside
    {
        V c0 = S.Zero;
        V c1 = S.Zero;
        V c2 = S.Zero;
        V c3 = S.Zero;
        V c4 = S.Zero;
        V c5 = S.Zero;
        V c6 = S.Zero;
        V c7 = S.Zero;
        V c8 = S.Zero;
        V c9 = S.Zero;
        V c10 = S.Zero;
        V c11 = S.Zero;
        V c12 = S.Zero;
        V c13 = S.Zero;

        var xRow2 = 2 * xRow;
        var x3 = x + xRow2 + xRow;
        var x6 = x3 + xRow2 + xRow;
        var x9 = x6 + xRow2 + xRow;
        var x12 = x9 + xRow2 + xRow;
        MicroKernel.PrefetchRows(c, cRows, rows, columns, mode);
        for (; depth > 0; depth--)
        {
            if (TBeside.Asks) MicroKernel.Ask(lines++);
            var vector = S.Load(y);
            if (TBeside.Copies) MicroKernel.Copy<T, V, S>(ref copy, vector);
            c0 = S.MultiplyAdd(S.Broadcast(x[0]), vector, c0);
            c1 = S.MultiplyAdd(S.Broadcast(x[xRow]), vector, c1);
            c2 = S.MultiplyAdd(S.Broadcast(x[xRow2]), vector, c2);
            c3 = S.MultiplyAdd(S.Broadcast(x3[0]), vector, c3);
            c4 = S.MultiplyAdd(S.Broadcast(x3[xRow]), vector, c4);
            c5 = S.MultiplyAdd(S.Broadcast(x3[xRow2]), vector, c5);
            c6 = S.MultiplyAdd(S.Broadcast(x6[0]), vector, c6);
            c7 = S.MultiplyAdd(S.Broadcast(x6[xRow]), vector, c7);
            c8 = S.MultiplyAdd(S.Broadcast(x6[xRow2]), vector, c8);
            c9 = S.MultiplyAdd(S.Broadcast(x9[0]), vector, c9);
            c10 = S.MultiplyAdd(S.Broadcast(x9[xRow]), vector, c10);
            c11 = S.MultiplyAdd(S.Broadcast(x9[xRow2]), vector, c11);
            c12 = S.MultiplyAdd(S.Broadcast(x12[0]), vector, c12);
            c13 = S.MultiplyAdd(S.Broadcast(x12[xRow]), vector, c13);
            x += xStep;
            x3 += xStep;
            x6 += xStep;
            x9 += xStep;
            x12 += xStep;
            y += yStep;
        }

        var last = TailMask.First<T, V, S>(columns);
        MicroKernel.StoreRow<T, V, S>(c + cRows[0], c0, last, mode);
        if (rows == 1) return;
        MicroKernel.StoreRow<T, V, S>(c + cRows[1], c1, last, mode);
        if (rows == 2) return;
        MicroKernel.StoreRow<T, V, S>(c + cRows[2], c2, last, mode);
        if (rows == 3) return;
        MicroKernel.StoreRow<T, V, S>(c + cRows[3], c3, last, mode);
        if (rows == 4) return;
        MicroKernel.StoreRow<T, V, S>(c + cRows[4], c4, last, mode);
        if (rows == 5) return;
        MicroKernel.StoreRow<T, V, S>(c + cRows[5], c5, last, mode);
        if (rows == 6) return;
        MicroKernel.StoreRow<T, V, S>(c + cRows[6], c6, last, mode);
        if (rows == 7) return;
        MicroKernel.StoreRow<T, V, S>(c + cRows[7], c7, last, mode);
        if (rows == 8) return;
        MicroKernel.StoreRow<T, V, S>(c + cRows[8], c8, last, mode);
        if (rows == 9) return;
        MicroKernel.StoreRow<T, V, S>(c + cRows[9], c9, last, mode);
        if (rows == 10) return;
        MicroKernel.StoreRow<T, V, S>(c + cRows[10], c10, last, mode);
        if (rows == 11) return;
        MicroKernel.StoreRow<T, V, S>(c + cRows[11], c11, last, mode);
        if (rows == 12) return;
        MicroKernel.StoreRow<T, V, S>(c + cRows[12], c12, last, mode);
        if (rows == 13) return;
        MicroKernel.StoreRow<T, V, S>(c + cRows[13], c13, last, mode);
    }
}
