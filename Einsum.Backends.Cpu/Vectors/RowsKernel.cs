using System.Numerics;
using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>out[i] = sum over j of a[i,j] * x[j]</c>, four rows at once, so that each vector of x is loaded once for four products.</summary>
sealed unsafe class RowsKernel<T, V, S>(KernelPlan plan, Loop rows) : BlockKernel(plan, rows, plan.Rest(rows), plan.RowsPerBlock())
    where T : unmanaged, INumberBase<T> where V : struct where S : struct, ISimd<T, V>
{
    const int Group = 4;

    readonly nint _length = (nint)plan.Contracted()!.Extent;
    readonly nint _step = (nint)(rows.Strides[0] + rows.Strides[1]), _resultStep = (nint)rows.ResultStride;
    readonly int _matrix = rows.Strides[0] != 0 ? 0 : 1;

    protected override void Run(nint* addresses, long count)
    {
        var a = (T*)addresses[_matrix];
        var x = (T*)addresses[1 - _matrix];
        var result = (T*)addresses[2];
        for (; count >= Group; count -= Group, a += Group * _step, result += Group * _resultStep) Rows(a, x, result);
        for (; count > 0; count--, a += _step, result += _resultStep) *result = DotKernel<T, V, S, ProductTerm>.Dot(a, x, _length);
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
            var (factor, next) = (S.Load(x + i), S.Load(x + i + S.Count));
            sum0 = S.MultiplyAdd(S.Load(a0 + i), factor, sum0);
            more0 = S.MultiplyAdd(S.Load(a0 + i + S.Count), next, more0);
            sum1 = S.MultiplyAdd(S.Load(a1 + i), factor, sum1);
            more1 = S.MultiplyAdd(S.Load(a1 + i + S.Count), next, more1);
            sum2 = S.MultiplyAdd(S.Load(a2 + i), factor, sum2);
            more2 = S.MultiplyAdd(S.Load(a2 + i + S.Count), next, more2);
            sum3 = S.MultiplyAdd(S.Load(a3 + i), factor, sum3);
            more3 = S.MultiplyAdd(S.Load(a3 + i + S.Count), next, more3);
        }
        if (i <= length - S.Count)
        {
            var factor = S.Load(x + i);
            sum0 = S.MultiplyAdd(S.Load(a0 + i), factor, sum0);
            sum1 = S.MultiplyAdd(S.Load(a1 + i), factor, sum1);
            sum2 = S.MultiplyAdd(S.Load(a2 + i), factor, sum2);
            sum3 = S.MultiplyAdd(S.Load(a3 + i), factor, sum3);
            i += S.Count;
        }
        if (i < length)
        {
            var last = length - S.Count;
            var (mask, factor) = (TailMask.Last<T, V, S>(length - i), S.Load(x + last));
            more0 = S.Select(mask, S.MultiplyAdd(S.Load(a0 + last), factor, more0), more0);
            more1 = S.Select(mask, S.MultiplyAdd(S.Load(a1 + last), factor, more1), more1);
            more2 = S.Select(mask, S.MultiplyAdd(S.Load(a2 + last), factor, more2), more2);
            more3 = S.Select(mask, S.MultiplyAdd(S.Load(a3 + last), factor, more3), more3);
        }
        result[0] = S.Sum(S.Add(sum0, more0));
        result[_resultStep] = S.Sum(S.Add(sum1, more1));
        result[2 * _resultStep] = S.Sum(S.Add(sum2, more2));
        result[3 * _resultStep] = S.Sum(S.Add(sum3, more3));
    }
}
