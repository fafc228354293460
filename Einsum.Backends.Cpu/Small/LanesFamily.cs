using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>ijb,jkb->ikb</c>: small products whose entries are neighbours in memory, a vector of them at once.</summary>
sealed class LanesFamily : KernelFamily
{
    internal override string Name => "lanes";

    internal override bool CanRun(KernelPlan plan) => SmallPlan.IsPlain(plan) && LanesShape.Of(plan) is not null;

    internal override CpuKernel Create(KernelPlan plan, int simdBits)
    {
        var shape = LanesShape.Of(plan)!;
        var bits = SmallPlan.BitsFor(shape.Lanes.Extent * plan.Element.Size(), simdBits);
        return plan.Element == ElementType.Float ? OfWidth<float>(plan, shape, bits) : OfWidth<double>(plan, shape, bits);
    }

    static CpuKernel OfWidth<T>(KernelPlan plan, LanesShape shape, int bits) where T : unmanaged => bits switch
    {
        128 => new LanesKernel<T, Vector128<T>, Simd128<T>>(plan, shape),
        256 => new LanesKernel<T, Vector256<T>, Simd256<T>>(plan, shape),
        _ => new LanesKernel<T, Vector512<T>, Simd512<T>>(plan, shape),
    };
}
