namespace EinsumNet.Backends.Cpu;

/// <summary>Long sums with few results, cut into stretches that threads share and that lie together in memory; see <see cref="SplitSum"/>.</summary>
/// <param name="leastIterations">Shorter nests are not worth the trouble.</param>
sealed class SplitSumFamily(double leastIterations) : KernelFamily
{
    internal SplitSumFamily() : this(1 << 19) { }

    internal override string Name => "split";

    internal override bool CanRun(KernelPlan plan) =>
        (plan.Kind != KernelKind.Contraction || IsThin(plan))
        && plan.Element.IsVectorisable()
        && plan.Operands.All(operand => operand.Element == plan.Element)
        && plan.Loops.All(loop => loop.Extent > 0)
        && Split(plan) is not null;

    internal override CpuKernel Create(KernelPlan plan, int simdBits)
    {
        var sum = Split(plan)!;
        return new SplitSumKernel(plan.Element.Size(), sum, Kernel(sum.Parts), sum.Rest is null ? null : Kernel(sum.Rest), Kernel(sum.Total));

        CpuKernel Kernel(KernelPlan part) =>
            KernelFamilies.All.First(family => family is not SplitSumFamily && (family is not TurnedFamily || part.Kind == KernelKind.Contraction) && family.CanRun(part)).Create(part, simdBits);
    }

    /// <summary>Products that would leave tiles empty gain from less.</summary>
    SplitSum? Split(KernelPlan plan) => SplitSum.Of(plan, plan.Kind == KernelKind.Contraction ? leastIterations / 4 : leastIterations);

    /// <summary>Whether a product has so few rows or columns that its tiles would be mostly empty.</summary>
    static bool IsThin(KernelPlan plan)
    {
        const long fewRows = 8, mostRows = 16, leastDepth = 1 << 13;
        if (!SmallPlan.IsPlain(plan) || plan.Extent(LoopRole.Contracted) < leastDepth) return false;
        var (left, right) = (plan.Extent(LoopRole.Left), plan.Extent(LoopRole.Right));
        return Math.Min(left, right) <= fewRows || Math.Max(left, right) <= mostRows;
    }
}
