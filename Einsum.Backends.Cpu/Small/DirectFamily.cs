using System.Numerics;

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
        return plan.Element.AcceptTiled(bits, new Maker(plan, shape, cache));
    }

    readonly struct Maker(KernelPlan plan, DirectShape shape, LastCache cache) : ISimdVisitor
    {
        public CpuKernel Visit<T, V, S>() where T : unmanaged, INumberBase<T> where V : struct where S : struct, ISimd<T, V> => new DirectKernel<T, V, S>(plan, shape, cache);
    }
}
