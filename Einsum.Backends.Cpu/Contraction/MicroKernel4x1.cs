using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>c[i, :] (+)= sum over p of x[i, p] * y[p, :]</c> for 4 rows of one vector: 4 accumulators, a vector of y and one broadcast of x
/// are live in the loop. They are named locals because the JIT keeps no array in registers.
/// </summary>
static unsafe class MicroKernel4x1<T, V, S> where T : unmanaged where V : struct where S : struct, ISimd<T, V>
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

        var xRow2 = 2 * xRow;
        var x3 = x + xRow2 + xRow;
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
            x += xStep;
            x3 += xStep;
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
    }
}
