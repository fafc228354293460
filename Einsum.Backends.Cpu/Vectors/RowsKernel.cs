using System.Numerics;
using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>out[i] = sum over j of a[i,j] * x[j]</c>, or of <c>a[i,j]</c> alone, four rows at once: each vector of x is loaded once for four products, and
/// the sums over the elements of four vectors are made together.
/// </summary>
sealed unsafe class RowsKernel<T, V, S, TTerm>(KernelPlan plan, Loop rows) : BlockKernel(plan, rows, plan.Rest(rows), plan.RowsPerBlock())
    where T : unmanaged, INumberBase<T> where V : struct where S : struct, ISimd<T, V> where TTerm : struct, ITerm
{
    const int Group = 4;

    readonly nint _length = (nint)plan.Contracted()!.Extent;
    readonly nint _step = (nint)rows.Strides[..^1].Sum(), _resultStep = (nint)rows.ResultStride;
    readonly int _matrix = rows.Strides[0] != 0 ? 0 : 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(nint* addresses, long count)
    {
        var a = (T*)addresses[_matrix];
        var x = (T*)addresses[TTerm.IsProduct ? 1 - _matrix : 0];
        var result = (T*)addresses[TTerm.IsProduct ? 2 : 1];
        for (; count >= Group; count -= Group, a += Group * _step, result += Group * _resultStep) Rows(a, x, result);
        for (; count > 0; count--, a += _step, result += _resultStep) *result = DotKernel<T, V, S, TTerm>.Dot(a, x, _length);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Rows(T* a0, T* x, T* result)
    {
        var a1 = a0 + _step;
        var a2 = a1 + _step;
        var a3 = a2 + _step;
        var (sum0, sum1, sum2, sum3) = (S.Zero, S.Zero, S.Zero, S.Zero);
        var (more0, more1, more2, more3) = (S.Zero, S.Zero, S.Zero, S.Zero);
        var length = _length;
        nint i = 0;
        for (; i <= length - 2 * S.Count; i += 2 * S.Count)
        {
            var (factor, next) = (Factor(x + i), Factor(x + i + S.Count));
            sum0 = TTerm.Add<T, V, S>(sum0, a0 + i, factor);
            more0 = TTerm.Add<T, V, S>(more0, a0 + i + S.Count, next);
            sum1 = TTerm.Add<T, V, S>(sum1, a1 + i, factor);
            more1 = TTerm.Add<T, V, S>(more1, a1 + i + S.Count, next);
            sum2 = TTerm.Add<T, V, S>(sum2, a2 + i, factor);
            more2 = TTerm.Add<T, V, S>(more2, a2 + i + S.Count, next);
            sum3 = TTerm.Add<T, V, S>(sum3, a3 + i, factor);
            more3 = TTerm.Add<T, V, S>(more3, a3 + i + S.Count, next);
        }
        if (i <= length - S.Count)
        {
            var factor = Factor(x + i);
            sum0 = TTerm.Add<T, V, S>(sum0, a0 + i, factor);
            sum1 = TTerm.Add<T, V, S>(sum1, a1 + i, factor);
            sum2 = TTerm.Add<T, V, S>(sum2, a2 + i, factor);
            sum3 = TTerm.Add<T, V, S>(sum3, a3 + i, factor);
            i += S.Count;
        }
        if (i < length)
        {
            var last = length - S.Count;
            var (mask, factor) = (TailMask.Last<T, V, S>(length - i), Factor(x + last));
            more0 = S.Select(mask, TTerm.Add<T, V, S>(more0, a0 + last, factor), more0);
            more1 = S.Select(mask, TTerm.Add<T, V, S>(more1, a1 + last, factor), more1);
            more2 = S.Select(mask, TTerm.Add<T, V, S>(more2, a2 + last, factor), more2);
            more3 = S.Select(mask, TTerm.Add<T, V, S>(more3, a3 + last, factor), more3);
        }
        S.StoreSums(result, _resultStep, S.Add(sum0, more0), S.Add(sum1, more1), S.Add(sum2, more2), S.Add(sum3, more3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // A call would spill the sums.
    static V Factor(T* x) => TTerm.IsProduct ? S.Load(x) : default;
}
