using System.Numerics;
using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>out[j] = sum over i of a[i,j] * x[i]</c>, or of <c>a[i,j]</c> alone: four rows at once are added to a stretch of the result that stays in
/// the first cache; from memory eight, whose lines a core asks for by itself, as far ahead as its window of instructions reaches. That is why two
/// vectors take turns: the loads are then folded into the sums (47 GB/s of four rows; of eight 62, but 45 with loads of their own; Zen 5).
/// </summary>
sealed unsafe class ColumnsKernel<T, V, S, TTerm>(KernelPlan plan, Loop columns, bool isFar) : BlockKernel(plan, columns, plan.Rest(columns), Block)
    where T : unmanaged, INumberBase<T> where V : struct where S : struct, ISimd<T, V> where TTerm : struct, ITerm
{
    const int Block = 2048;

    readonly nint _rows = (nint)plan.Contracted()!.Extent;
    readonly int _matrix = columns.Strides[0] != 0 ? 0 : 1;
    readonly nint _aStep = (nint)plan.Contracted()!.Strides[columns.Strides[0] != 0 ? 0 : 1];
    readonly nint _xStep = (nint)plan.Contracted()!.Strides[TTerm.IsProduct && columns.Strides[0] != 0 ? 1 : 0];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(nint* addresses, long count)
    {
        var a = (T*)addresses[_matrix];
        var x = (T*)addresses[TTerm.IsProduct ? 1 - _matrix : 0];
        var result = (T*)addresses[TTerm.IsProduct ? 2 : 1];
        new Span<T>(result, (int)count).Clear();
        nint row = 0;
        if (isFar)
            for (; row <= _rows - EightRows.Count; row += EightRows.Count) Add<EightRows>(a + row * _aStep, x + row * _xStep, result, (nint)count);
        for (; row <= _rows - FourRows.Count; row += FourRows.Count) Add<FourRows>(a + row * _aStep, x + row * _xStep, result, (nint)count);
        for (; row < _rows; row++) AddOne(a + row * _aStep, x[row * _xStep], result, (nint)count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Add<TRows>(T* a0, T* x, T* result, nint count) where TRows : struct, ITileRows
    {
        var (step, xStep) = (_aStep, _xStep);
        var a1 = a0 + step;
        var a2 = a1 + step;
        var a3 = a2 + step;
        var a4 = a3 + step;
        var a5 = a4 + step;
        var a6 = a5 + step;
        var a7 = a6 + step;
        var (v0, v1, v2, v3) = (S.Broadcast(x[0]), S.Broadcast(x[xStep]), S.Broadcast(x[2 * xStep]), S.Broadcast(x[3 * xStep]));
        var last = x + (TRows.Count - 4) * xStep;
        var (v4, v5, v6, v7) = (S.Broadcast(last[0]), S.Broadcast(last[xStep]), S.Broadcast(last[2 * xStep]), S.Broadcast(last[3 * xStep]));
        nint j = 0;
        for (; j <= count - 2 * S.Count; j += 2 * S.Count)
        {
            var (sum, next) = (S.Load(result + j), S.Load(result + j + S.Count));
            sum = TTerm.Add<T, V, S>(sum, a0 + j, v0);
            next = TTerm.Add<T, V, S>(next, a0 + j + S.Count, v0);
            sum = TTerm.Add<T, V, S>(sum, a1 + j, v1);
            next = TTerm.Add<T, V, S>(next, a1 + j + S.Count, v1);
            sum = TTerm.Add<T, V, S>(sum, a2 + j, v2);
            next = TTerm.Add<T, V, S>(next, a2 + j + S.Count, v2);
            sum = TTerm.Add<T, V, S>(sum, a3 + j, v3);
            next = TTerm.Add<T, V, S>(next, a3 + j + S.Count, v3);
            if (TRows.Count == EightRows.Count)
            {
                sum = TTerm.Add<T, V, S>(sum, a4 + j, v4);
                next = TTerm.Add<T, V, S>(next, a4 + j + S.Count, v4);
                sum = TTerm.Add<T, V, S>(sum, a5 + j, v5);
                next = TTerm.Add<T, V, S>(next, a5 + j + S.Count, v5);
                sum = TTerm.Add<T, V, S>(sum, a6 + j, v6);
                next = TTerm.Add<T, V, S>(next, a6 + j + S.Count, v6);
                sum = TTerm.Add<T, V, S>(sum, a7 + j, v7);
                next = TTerm.Add<T, V, S>(next, a7 + j + S.Count, v7);
            }
            S.Store(result + j, sum);
            S.Store(result + j + S.Count, next);
        }
        for (; j <= count - S.Count; j += S.Count) S.Store(result + j, Sum(S.Load(result + j), a0 + j));
        if (j == count) return;
        if (count >= S.Count)
        {
            j = count - S.Count;
            var (before, mask) = (S.Load(result + j), TailMask.Last<T, V, S>(count % S.Count));
            S.Store(result + j, S.Select(mask, Sum(before, a0 + j), before));
            return;
        }
        for (nint row = 0; row < TRows.Count; row++)
            for (j = 0; j < count; j++) result[j] = TTerm.Add(result[j], a0[row * step + j], x[row * xStep]);

        V Sum(V sum, T* a)
        {
            for (nint row = 0; row < TRows.Count; row++) sum = TTerm.Add<T, V, S>(sum, a + row * step, S.Broadcast(x[row * xStep]));
            return sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddOne(T* a, T x, T* result, nint count)
    {
        var v = S.Broadcast(x);
        nint j = 0;
        for (; j <= count - S.Count; j += S.Count) S.Store(result + j, TTerm.Add<T, V, S>(S.Load(result + j), a + j, v));
        for (; j < count; j++) result[j] = TTerm.Add(result[j], a[j], x);
    }
}
