using System.Numerics;

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
        return plan.Element.AcceptTiled(bits, new Maker(plan, shape));
    }

    readonly struct Maker(KernelPlan plan, LanesShape shape) : ISimdVisitor
    {
        public CpuKernel Visit<T, V, S>() where T : unmanaged, INumberBase<T> where V : struct where S : struct, ISimd<T, V> => new LanesKernel<T, V, S>(plan, shape);
    }
}
