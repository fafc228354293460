namespace EinsumNet.Backends.Cpu;

/// <summary>Long sums with few results, cut into stretches that threads share and that lie together in memory; see <see cref="SplitSum"/>.</summary>
/// <param name="leastIterations">Shorter nests are not worth the trouble.</param>
sealed class SplitSumFamily(double leastIterations) : KernelFamily
{
    internal SplitSumFamily() : this(1 << 19) { }

    internal override string Name => "split";

    internal override bool CanRun(KernelPlan plan) =>
        plan.Kind != KernelKind.Contraction
        && plan.Element.IsVectorisable()
        && plan.Operands.All(operand => operand.Element == plan.Element)
        && plan.Loops.All(loop => loop.Extent > 0)
        && SplitSum.Of(plan, leastIterations) is not null;

    internal override CpuKernel Create(KernelPlan plan, int simdBits)
    {
        var sum = SplitSum.Of(plan, leastIterations)!;
        return new SplitSumKernel(plan.Element.Size(), sum, Kernel(sum.Parts), sum.Rest is null ? null : Kernel(sum.Rest), Kernel(sum.Total));

        CpuKernel Kernel(KernelPlan part) => KernelFamilies.All.First(family => family is not (SplitSumFamily or TurnedFamily) && family.CanRun(part)).Create(part, simdBits);
    }
}
