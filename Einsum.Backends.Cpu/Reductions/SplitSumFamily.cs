namespace EinsumNet.Backends.Cpu;

/// <summary>
/// Long sums with few results, cut into stretches that threads share and that lie together in memory; see <see cref="SplitSum"/>. So are products that would leave
/// register tiles mostly empty: as a batch of stretches their operands can be copied along the sum, see <see cref="TurnedShape"/>.
/// </summary>
/// <param name="leastIterations">Shorter nests are not worth the trouble.</param>
/// <param name="leastProduct">The same for products.</param>
/// <param name="isForLists">Whether products and sums over short rows are left as they are: cut, they have kernels for their sizes alone.</param>
sealed class SplitSumFamily(double leastIterations, double leastProduct, bool isForLists = false) : KernelFamily
{
    /// <summary>Shorter nests are not worth the trouble, nor are shorter sums of products.</summary>
    internal const long LeastIterations = 1 << 19, LeastDepth = 1 << 13;

    /// <summary>Sums over stretches whose results lie side by side, however few.</summary>
    static readonly ColumnsFamily s_totals = new(new LastCache(long.MaxValue), leastVectors: 0);

    static readonly PackedFamily s_packed = new();

    static readonly EmittedFamily s_emitted = new();

    internal SplitSumFamily() : this(LeastIterations, 1 << 17) { }

    internal static SplitSumFamily ForLists { get; } = new(LeastIterations, double.PositiveInfinity, isForLists: true);

    internal override string Name => "split";

    internal override bool CanRun(KernelPlan plan) => Split(plan) is not null;

    internal override CpuKernel Create(KernelPlan plan, int simdBits) => Create(plan, Split(plan)!, simdBits);

    internal override CpuKernel? TryCreate(KernelPlan plan, int simdBits) => Split(plan) is { } sum ? Create(plan, sum, simdBits) : null;

    SplitSumKernel Create(KernelPlan plan, SplitSum sum, int simdBits)
    {
        // Sums in which rows were kept may be long, and are cut then.
        var parts = (sum.KeepsRows ? TryCreate(sum.Parts, simdBits) : null) ?? Kernel(sum.Parts);
        var total = s_totals.TryCreate(sum.Total, simdBits) ?? Kernel(sum.Total);
        Func<CpuKernel>? whole = plan.Kind == KernelKind.Contraction ? () => s_packed.Create(plan, simdBits) : null;
        return new SplitSumKernel(sum, parts, sum.Rest is null ? null : Kernel(sum.Rest), total, whole);

        CpuKernel Kernel(KernelPlan part) =>
            KernelFamilies.All.Where(family => family is not SplitSumFamily && (family is not TurnedFamily || part.Kind == KernelKind.Contraction))
                .Select(family => family.TryCreate(part, simdBits)).First(kernel => kernel is not null)!;
    }

    SplitSum? Split(KernelPlan plan)
    {
        var isProduct = plan.Kind == KernelKind.Contraction;
        if (plan.HasEmptyLoop || (isForLists && isProduct)) return null;
        if (isProduct) return LeavesTilesEmpty(plan) ? SplitSum.Of(plan, leastProduct) : null;
        // Parts of a sum that is conjugated would be so twice.
        var isComplex = plan.Element == ElementType.Complex && plan.Result.Map == Elementwise.Identity;
        if (isComplex ? !plan.IsOfOneType : !plan.IsVectorisable()) return null;
        // Of halves the parts are floats, which only emitted code sums up to one half.
        if (plan.Element == ElementType.Half && !s_emitted.CanRun(plan)) return null;
        return (isForLists ? null : SplitSum.OfShortRows(plan)) ?? SplitSum.Of(plan, leastIterations, inOrder: isForLists || s_totals.CanRun(plan));
    }

    /// <summary>Whether a product has few rows or columns, and a long sum.</summary>
    static bool LeavesTilesEmpty(KernelPlan plan)
    {
        const long fewRows = 8, mostRows = 16;
        if (!SmallPlan.IsPlain(plan) || plan.Extent(LoopRole.Contracted) < LeastDepth) return false;
        var (left, right) = (plan.Extent(LoopRole.Left), plan.Extent(LoopRole.Right));
        return Math.Min(left, right) <= fewRows || Math.Max(left, right) <= mostRows;
    }
}
