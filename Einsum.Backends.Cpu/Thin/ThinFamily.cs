using System.Numerics;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>ij,jk->ik</c> of up to 16 rows i, or columns k: a matrix that is read once, as in products with a vector, and a few rows of sums.</summary>
sealed class ThinFamily(CacheSizes caches) : KernelFamily
{
    internal ThinFamily() : this(CacheSizes.Machine) { }

    internal override string Name => "thin";

    internal override bool CanRun(KernelPlan plan) => ThinShape.Of(plan, caches) is not null;

    internal override CpuKernel Create(KernelPlan plan, int simdBits) => Create(plan, ThinShape.Of(plan, caches)!, simdBits);

    internal override CpuKernel? TryCreate(KernelPlan plan, int simdBits) => ThinShape.Of(plan, caches) is { } shape ? Create(plan, shape, simdBits) : null;

    static CpuKernel Create(KernelPlan plan, ThinShape shape, int simdBits) =>
        plan.Element.AcceptTiled(simdBits, new Maker(plan, shape));

    readonly struct Maker(KernelPlan plan, ThinShape shape) : ISimdVisitor
    {
        public CpuKernel Visit<T, V, S>() where T : unmanaged, INumberBase<T> where V : struct where S : struct, ISimd<T, V> =>
            shape.IsAlongDepth ? new ThinSumsKernel<T, V, S>(plan, shape) : new ThinColumnsKernel<T, V, S>(plan, shape);
    }
}
