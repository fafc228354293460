using System.Numerics;
using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>out[b] = sum over i of a[b,i] * c[b,i]</c>, or of <c>a[b,i]</c> alone.</summary>
sealed unsafe class DotKernel<T, V, S, TTerm>(KernelPlan plan, Loop? batch) : BlockKernel(plan, batch, plan.Rest(batch), plan.RowsPerBlock())
    where T : unmanaged, INumberBase<T> where V : struct where S : struct, ISimd<T, V> where TTerm : struct, ITerm
{
    readonly nint _length = (nint)plan.Contracted()!.Extent;
    readonly nint _aStep = (nint)(batch?.Strides[0] ?? 0), _bStep = (nint)(batch?.Strides[^2] ?? 0), _resultStep = (nint)(batch?.ResultStride ?? 0);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(nint* addresses, long count)
    {
        var a = (T*)addresses[0];
        var b = (T*)addresses[TTerm.IsProduct ? 1 : 0];
        var result = (T*)addresses[TTerm.IsProduct ? 2 : 1];
        for (; count > 0; count--, a += _aStep, b += _bStep, result += _resultStep) *result = Dot(a, b, _length);
    }

    /// <summary>The length is at least that of a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static T Dot(T* a, T* b, nint length)
    {
        var (sum0, sum1, sum2, sum3) = (S.Zero, S.Zero, S.Zero, S.Zero);
        nint i = 0;
        for (; i <= length - 4 * S.Count; i += 4 * S.Count)
        {
            sum0 = TTerm.Add<T, V, S>(sum0, a + i, Second(b + i));
            sum1 = TTerm.Add<T, V, S>(sum1, a + i + S.Count, Second(b + i + S.Count));
            sum2 = TTerm.Add<T, V, S>(sum2, a + i + 2 * S.Count, Second(b + i + 2 * S.Count));
            sum3 = TTerm.Add<T, V, S>(sum3, a + i + 3 * S.Count, Second(b + i + 3 * S.Count));
        }
        for (; i <= length - S.Count; i += S.Count) sum0 = TTerm.Add<T, V, S>(sum0, a + i, Second(b + i));
        if (i < length)
        {
            var last = length - S.Count;
            sum1 = S.Select(TailMask.Last<T, V, S>(length - i), TTerm.Add<T, V, S>(sum1, a + last, Second(b + last)), sum1);
        }
        return S.Sum(S.Add(S.Add(sum0, sum1), S.Add(sum2, sum3)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // A call would spill the sums.
    static V Second(T* b) => TTerm.IsProduct ? S.Load(b) : default;
}
