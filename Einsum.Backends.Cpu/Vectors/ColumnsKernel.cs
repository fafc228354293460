using System.Numerics;
using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>out[j] = sum over i of a[i,j] * x[i]</c>, or of <c>a[i,j]</c> alone: four rows at once are added to a stretch of the result that stays in
/// the first cache.
/// </summary>
sealed unsafe class ColumnsKernel<T, V, S, TTerm>(KernelPlan plan, Loop columns) : BlockKernel(plan, columns, plan.Rest(columns), Block)
    where T : unmanaged, INumberBase<T> where V : struct where S : struct, ISimd<T, V> where TTerm : struct, ITerm
{
    const int Block = 2048, Group = 4;

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
        for (; row <= _rows - Group; row += Group) AddFour(a + row * _aStep, x + row * _xStep, result, (nint)count);
        for (; row < _rows; row++) AddOne(a + row * _aStep, x[row * _xStep], result, (nint)count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void AddFour(T* a0, T* x, T* result, nint count)
    {
        var (x0, x1, x2, x3) = (x[0], x[_xStep], x[2 * _xStep], x[3 * _xStep]);
        var (v0, v1, v2, v3) = (S.Broadcast(x0), S.Broadcast(x1), S.Broadcast(x2), S.Broadcast(x3));
        var a1 = a0 + _aStep;
        var a2 = a1 + _aStep;
        var a3 = a2 + _aStep;
        nint j = 0;
        for (; j <= count - S.Count; j += S.Count)
            S.Store(result + j, Sum(S.Load(result + j), a0 + j, a1 + j, a2 + j, a3 + j, v0, v1, v2, v3));
        if (j < count && count >= S.Count)
        {
            j = count - S.Count;
            var (before, mask) = (S.Load(result + j), TailMask.Last<T, V, S>(count % S.Count));
            S.Store(result + j, S.Select(mask, Sum(before, a0 + j, a1 + j, a2 + j, a3 + j, v0, v1, v2, v3), before));
            return;
        }
        for (; j < count; j++)
            result[j] = TTerm.Add(TTerm.Add(TTerm.Add(TTerm.Add(result[j], a0[j], x0), a1[j], x1), a2[j], x2), a3[j], x3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Sum(V sum, T* a0, T* a1, T* a2, T* a3, V v0, V v1, V v2, V v3)
    {
        sum = TTerm.Add<T, V, S>(sum, a0, v0);
        sum = TTerm.Add<T, V, S>(sum, a1, v1);
        sum = TTerm.Add<T, V, S>(sum, a2, v2);
        return TTerm.Add<T, V, S>(sum, a3, v3);
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
