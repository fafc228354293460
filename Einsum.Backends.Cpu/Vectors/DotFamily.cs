using System.Numerics;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>bi,bi->b</c> and <c>bi->b</c>, where i walks through neighbours.</summary>
sealed class DotFamily : KernelFamily
{
    internal override string Name => "dot";

    internal override bool CanRun(KernelPlan plan) =>
        plan.Kind is KernelKind.Dot or KernelKind.Reduction && PairShape.Fits(plan) && plan.IsRow(plan.Contracted());

    internal override CpuKernel Create(KernelPlan plan, int simdBits) => plan.Element.Accept(simdBits, new Maker(plan));

    readonly struct Maker(KernelPlan plan) : ISimdVisitor
    {
        public CpuKernel Visit<T, V, S>() where T : unmanaged, INumberBase<T> where V : struct where S : struct, ISimd<T, V> =>
            plan.Operands.Length == 1 ? new DotKernel<T, V, S, SingleTerm>(plan, Longest(plan)) : new DotKernel<T, V, S, ProductTerm>(plan, Longest(plan));
    }

    static Loop? Longest(KernelPlan plan) => plan.Rest(without: null).MaxBy(loop => loop.Extent);
}
