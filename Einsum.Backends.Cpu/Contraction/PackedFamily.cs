using System.Numerics;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>bij,bjk->bik</c> with any number of loops in each role and any strides: blocked matrix products on packed panels.</summary>
/// <param name="caches">What blocks are cut for.</param>
sealed class PackedFamily(CacheSizes caches) : KernelFamily
{
    internal PackedFamily() : this(CacheSizes.Machine) { }

    internal override string Name => "packed";

    internal override bool CanRun(KernelPlan plan) =>
        plan.Kind == KernelKind.Contraction
        && plan.Element.FitsTiles()
        && plan.Operands.Append(plan.Result).All(operand => operand.Element == plan.Element && operand.Map == Elementwise.Identity);

    internal override CpuKernel Create(KernelPlan plan, int simdBits) => plan.Element.AcceptTiled(simdBits, new Maker(plan, caches));

    readonly struct Maker(KernelPlan plan, CacheSizes caches) : ISimdVisitor
    {
        public CpuKernel Visit<T, V, S>() where T : unmanaged, INumberBase<T> where V : struct where S : struct, ISimd<T, V> =>
            S.HasManyRegisters
                ? new PackedKernel<T, V, S, ManyRegisters<T, V, S>>(plan, caches)
                : new PackedKernel<T, V, S, FewRegisters<T, V, S>>(plan, caches);
    }
}
