using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>bij,bjk->bik</c> of small matrices in place, the batch in one dispatch, with batch labels in any position.</summary>
/// <param name="cache">Where the operands and the result are larger together, the result is written past the caches.</param>
sealed class DirectFamily(LastCache cache) : KernelFamily
{
    internal DirectFamily() : this(new LastCache(CacheSizes.Machine, 1)) { }

    internal override string Name => "direct";

    internal override bool CanRun(KernelPlan plan) => SmallPlan.IsPlain(plan) && DirectShape.Of(plan) is not null;

    internal override CpuKernel Create(KernelPlan plan, int simdBits) => Create(plan, DirectShape.Of(plan)!, simdBits);

    internal override CpuKernel? TryCreate(KernelPlan plan, int simdBits) =>
        SmallPlan.IsPlain(plan) && DirectShape.Of(plan) is { } shape ? Create(plan, shape, simdBits) : null;

    CpuKernel Create(KernelPlan plan, DirectShape shape, int simdBits)
    {
        shape = shape.For(plan, cache);
        var bits = SmallPlan.BitsFor(shape.Columns.Extent * plan.Element.Size(), simdBits);
        return plan.Element == ElementType.Float ? OfWidth<float>(plan, shape, bits) : OfWidth<double>(plan, shape, bits);
    }

    CpuKernel OfWidth<T>(KernelPlan plan, DirectShape shape, int bits) where T : unmanaged => bits switch
    {
        128 => new DirectKernel<T, Vector128<T>, Simd128<T>>(plan, shape, cache),
        256 => new DirectKernel<T, Vector256<T>, Simd256<T>>(plan, shape, cache),
        _ => new DirectKernel<T, Vector512<T>, Simd512<T>>(plan, shape, cache),
    };
}
