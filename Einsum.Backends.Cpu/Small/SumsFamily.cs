using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>bij,bj->bi</c> and <c>bi,bi->b</c>, where j, or i, walks through few neighbours.</summary>
sealed class SumsFamily : KernelFamily
{
    internal override string Name => "sums";

    internal override bool CanRun(KernelPlan plan) => SmallPlan.IsPlain(plan) && SumsShape.Of(plan) is not null;

    internal override CpuKernel Create(KernelPlan plan, int simdBits)
    {
        var shape = SumsShape.Of(plan)!;
        var bits = SmallPlan.BitsFor(shape.Terms.Extent * plan.Element.Size(), simdBits);
        return plan.Element == ElementType.Float ? OfWidth<float>(plan, shape, bits) : OfWidth<double>(plan, shape, bits);
    }

    static CpuKernel OfWidth<T>(KernelPlan plan, SumsShape shape, int bits) where T : unmanaged => bits switch
    {
        128 => OfLength<T, Vector128<T>, Simd128<T>>(plan, shape),
        256 => OfLength<T, Vector256<T>, Simd256<T>>(plan, shape),
        _ => OfLength<T, Vector512<T>, Simd512<T>>(plan, shape),
    };

    static CpuKernel OfLength<T, V, S>(KernelPlan plan, SumsShape shape) where T : unmanaged where V : struct where S : struct, ISimd<T, V> =>
        ((shape.Terms.Extent + S.Count - 1) / S.Count) switch
        {
            1 => OfWalk<T, V, S, RowOf1>(plan, shape),
            2 => OfWalk<T, V, S, RowOf2>(plan, shape),
            3 => OfWalk<T, V, S, RowOf3>(plan, shape),
            4 => OfWalk<T, V, S, RowOf4>(plan, shape),
            _ => OfWalk<T, V, S, RowOfMany>(plan, shape),
        };

    static CpuKernel OfWalk<T, V, S, TLength>(KernelPlan plan, SumsShape shape)
        where T : unmanaged where V : struct where S : struct, ISimd<T, V> where TLength : struct, IRowLength =>
        shape.Rows.Strides[1 - shape.A] != 0 ? new SumsKernel<T, V, S, TLength, Neighbours>(plan, shape) : new SumsKernel<T, V, S, TLength, OneElement>(plan, shape);
}
