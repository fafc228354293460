using System.Numerics;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>out[i] = sum over j of a[i,j] * x[j]</c>, eight rows at once, so that each vector of x is loaded once for eight products.</summary>
sealed unsafe class RowsKernel<T, V, S>(KernelPlan plan, Loop rows) : BlockKernel(plan, rows, plan.Rest(rows), Block)
    where T : unmanaged, INumberBase<T> where V : struct where S : struct, ISimd<T, V>
{
    const int Block = 64, Group = 8;

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

    void Rows(T* a, T* x, T* result)
    {
        var (step, length, end) = (_step, _length, _length - S.Count);
        var middle = a + 4 * step;
        var (sum0, sum1, sum2, sum3, sum4, sum5, sum6, sum7) = (S.Zero, S.Zero, S.Zero, S.Zero, S.Zero, S.Zero, S.Zero, S.Zero);
        nint i = 0;
        for (; i <= end; i += S.Count)
        {
            var factor = S.Load(x + i);
            sum0 = S.MultiplyAdd(S.Load(a + i), factor, sum0);
            sum1 = S.MultiplyAdd(S.Load(a + i + step), factor, sum1);
            sum2 = S.MultiplyAdd(S.Load(a + i + 2 * step), factor, sum2);
            sum3 = S.MultiplyAdd(S.Load(a + i + 3 * step), factor, sum3);
            sum4 = S.MultiplyAdd(S.Load(middle + i), factor, sum4);
            sum5 = S.MultiplyAdd(S.Load(middle + i + step), factor, sum5);
            sum6 = S.MultiplyAdd(S.Load(middle + i + 2 * step), factor, sum6);
            sum7 = S.MultiplyAdd(S.Load(middle + i + 3 * step), factor, sum7);
        }
        if (i < length)
        {
            var (mask, factor) = (TailMask.Last<T, V, S>(length - i), S.Load(x + end));
            sum0 = S.Select(mask, S.MultiplyAdd(S.Load(a + end), factor, sum0), sum0);
            sum1 = S.Select(mask, S.MultiplyAdd(S.Load(a + end + step), factor, sum1), sum1);
            sum2 = S.Select(mask, S.MultiplyAdd(S.Load(a + end + 2 * step), factor, sum2), sum2);
            sum3 = S.Select(mask, S.MultiplyAdd(S.Load(a + end + 3 * step), factor, sum3), sum3);
            sum4 = S.Select(mask, S.MultiplyAdd(S.Load(middle + end), factor, sum4), sum4);
            sum5 = S.Select(mask, S.MultiplyAdd(S.Load(middle + end + step), factor, sum5), sum5);
            sum6 = S.Select(mask, S.MultiplyAdd(S.Load(middle + end + 2 * step), factor, sum6), sum6);
            sum7 = S.Select(mask, S.MultiplyAdd(S.Load(middle + end + 3 * step), factor, sum7), sum7);
        }
        result[0] = S.Sum(sum0);
        result[_resultStep] = S.Sum(sum1);
        result[2 * _resultStep] = S.Sum(sum2);
        result[3 * _resultStep] = S.Sum(sum3);
        result[4 * _resultStep] = S.Sum(sum4);
        result[5 * _resultStep] = S.Sum(sum5);
        result[6 * _resultStep] = S.Sum(sum6);
        result[7 * _resultStep] = S.Sum(sum7);
    }
}
