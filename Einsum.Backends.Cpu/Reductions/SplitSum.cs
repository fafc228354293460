using System.Collections.Immutable;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// A long sum as many shorter ones and a sum over those. The cut depends on the plan alone, so that the result has the same bits on any number of threads.
/// <code>i->, contracted 1000 (1 0)   --->   ci->c, free 7 (128 1), contracted 128 (1 0); i->, contracted 104 (1 0); c->, contracted 8 (1 0)</code>
/// </summary>
/// <param name="Parts">Sums over whole stretches of the loop that is cut, one result after the other.</param>
/// <param name="Rest">The sum over what is left of it, whose operands and result begin where the last whole stretch ends; null where nothing is.</param>
/// <param name="Total">The sum over all of these.</param>
/// <param name="RestOffsets">Where the rest begins, in elements, for each operand and for the parts.</param>
/// <param name="Partials">How many elements all parts and the rest have together.</param>
sealed record SplitSum(KernelPlan Parts, KernelPlan? Rest, KernelPlan Total, ImmutableArray<long> RestOffsets, long Partials)
{
    /// <summary>Whether the parts are sums over all but the rows, see <see cref="OfShortRows"/>, and not stretches.</summary>
    internal bool KeepsRows { get; init; }

    /// <summary>Stretches are at least so many iterations of the nest, and at least so many times what they leave to the last sum, but for those of <see cref="WalkLength"/>.</summary>
    const long LeastWork = 1 << 15, LeastRatio = 1 << 10;

    /// <summary>More results than this are shared among threads as they are, fewer only where the cut also leads through the operand in order, or of products.</summary>
    const long FewResults = 32, MostResults = 1 << 13;

    /// <summary>Partial results of a product.</summary>
    const long MostPartials = 1 << 18;

    /// <summary>
    /// Sums whose loop leads furthest through operands of so many bytes are cut into stretches of so few iterations that lines of all of them stay near while the other loops go on along these (Zen 5: 0.3
    /// to 1.0 of the time, 1.2 in one case).
    /// </summary>
    const long WalkBytes = 1 << 20, WalkLength = 32, RegisterBytes = 1024;

    /// <summary>Null where there is nothing to be gained.</summary>
    /// <param name="plan">The sum, or the product.</param>
    /// <param name="leastIterations">Shorter nests are not worth the trouble.</param>
    /// <param name="inOrder">Whether sums are made row after row in the order of the operands, or are not to be cut for that.</param>
    internal static SplitSum? Of(KernelPlan plan, double leastIterations, bool inOrder = true)
    {
        var isProduct = plan.Kind == KernelKind.Contraction;
        if (plan.Iterations < leastIterations || (isProduct ? plan.Longest(LoopRole.Contracted) : LoopOrder.Sort(plan.LoopsOf(LoopRole.Contracted)).FirstOrDefault()) is not { } cut) return null;
        var free = plan.Loops.Where(loop => loop.Role != LoopRole.Contracted).ToArray();
        var results = free.Aggregate(1L, (product, loop) => product * loop.Extent);
        var isOutermost = free.All(loop => Distance(loop) < Distance(cut));
        if (results > (isProduct || isOutermost ? MostResults : FewResults)) return null;
        var parts = (long)Math.Min(plan.Iterations / LeastWork, plan.Iterations / results / LeastRatio);
        if (isProduct) parts = Math.Min(parts, MostPartials / results);
        else if (!inOrder && isOutermost && WalksAcross(plan, cut, free, results)) parts = cut.Extent / WalkLength;
        if (parts < 2) return null;
        var length = Round((cut.Extent + parts - 1) / parts);
        return length >= cut.Extent ? null : Cut(plan, cut, length, results);
    }

    /// <summary>
    /// <c>abc->b</c> with short c: the sum over all but the operand's neighbours, which runs along them and the loop around them in full vectors, then the sum over these.
    /// <code>abc->b, contracted 90 (1000 0), free 50 (20 1), contracted 20 (1 0)   --->   contracted 90 (1000 0), free 1000 (1 1); free 50 (20 1), contracted 20 (1 0)</code>
    /// Null where there is nothing to be gained.
    /// </summary>
    internal static SplitSum? OfShortRows(KernelPlan plan)
    {
        // Longer rows fill vectors; rows and the loop around them shorter than eight vectors do not; what is kept is little beside the operand, and at most 32 MiB.
        const long mostBytes = 128, leastRow = 512, leastSums = 16, leastWork = 4096, mostPartials = 1 << 22;
        if (plan.Kind != KernelKind.Reduction || plan.Iterations < leastWork) return null;
        if (plan.Loops.FirstOrDefault(loop => loop.Strides[0] == 1) is not { Role: LoopRole.Contracted } near) return null;
        var size = plan.Element.Size();
        if (near.Extent * size > mostBytes || plan.Extent(LoopRole.Contracted) / near.Extent < leastSums) return null;
        Loop[] free = [.. plan.Loops.Where(loop => loop.Role != LoopRole.Contracted).OrderByDescending(loop => loop.Strides[0])];
        if (free is not [.., var around] || around.Strides[0] != near.Extent || around.Extent * near.Extent * size < leastRow) return null;
        var count = free.Aggregate(near.Extent, (product, loop) => product * loop.Extent);
        if (count > mostPartials) return null;
        var partials = Partial(plan);
        var rows = Dense([.. free, near with { Role = LoopRole.Free }]);
        var total = free.Zip(rows, (own, dense) => new Loop(own.Extent, LoopRole.Free, [dense.ResultStride, own.ResultStride]));
        return new(
            Plan(plan.Operands, partials, [.. rows, .. plan.LoopsOf(LoopRole.Contracted).Where(loop => !ReferenceEquals(loop, near))]),
            null,
            Plan([partials], plan.Result, [.. total, new Loop(near.Extent, LoopRole.Contracted, [1, 0])]),
            [0, 0],
            count)
        { KeepsRows = true };
    }

    /// <summary>Whether neighbours are kept, and the loop that is cut leads across them through large operands, again and again for the results that registers do not hold together, which are little beside the operands.</summary>
    static bool WalksAcross(KernelPlan plan, Loop cut, Loop[] free, long results) =>
        plan.Loops.MinBy(Distance) is { Role: not LoopRole.Contracted }
        && cut.Extent >= 2 * WalkLength
        && cut.Extent * Distance(cut) * plan.Element.Size() >= WalkBytes
        && (free.Length > 1 || results * plan.Element.Size() >= RegisterBytes)
        && results <= 2 * Distance(cut);

    static long Distance(Loop loop) => loop.Strides[..^1].Sum();

    /// <summary>Long stretches are of whole lines.</summary>
    static long Round(long length) => length < 64 ? length : (length + 63) / 64 * 64;

    static SplitSum Cut(KernelPlan plan, Loop cut, long length, long results)
    {
        var (whole, rest) = Math.DivRem(cut.Extent, length);
        var partials = Partial(plan);
        // Vectors of products run along the longest loop of an operand's neighbours, others along that of all operands'.
        Loop[] kept = [.. plan.Loops.Where(loop => loop.Role != LoopRole.Contracted).OrderBy(loop =>
            plan.Kind != KernelKind.Contraction ? -Distance(loop) : loop is { Role: LoopRole.Left, Strides: [1, ..] } or { Role: LoopRole.Right, Strides: [_, 1, ..] } ? loop.Extent : 0)];
        var dense = Dense(kept);
        var others = plan.LoopsOf(LoopRole.Contracted).Where(loop => !ReferenceEquals(loop, cut)).ToArray();
        var outer = new Loop(whole, Role(cut), [.. cut.Strides[..^1].Select(stride => stride * length), results]);
        var stretches = whole + (rest > 0 ? 1 : 0);
        var total = kept.Zip(dense, (own, partial) => new Loop(own.Extent, LoopRole.Free, [partial.ResultStride, own.ResultStride]));
        return new(
            Plan(plan.Operands, partials, [outer, .. dense, .. others, cut with { Extent = length }]),
            rest == 0 ? null : Plan(plan.Operands, partials, [.. dense, .. others, cut with { Extent = rest }]),
            Plan([partials], plan.Result, [.. total, new Loop(stretches, LoopRole.Contracted, [results, 0])]),
            [.. outer.Strides.Select(stride => stride * whole)],
            stretches * results);
    }

    /// <summary>The same free loops over a result without gaps.</summary>
    static Loop[] Dense(IEnumerable<Loop> free)
    {
        var stride = 1L;
        var dense = new List<Loop>();
        foreach (var loop in free.Reverse())
        {
            dense.Insert(0, loop with { Strides = loop.Strides.SetItem(loop.Strides.Length - 1, stride) });
            stride *= loop.Extent;
        }
        return [.. dense];
    }

    /// <summary>What is summed once more is rounded only then.</summary>
    static KernelOperand Partial(KernelPlan plan) => plan.Result with { Element = plan.Arithmetic() };

    static LoopRole Role(Loop cut) => cut.Strides.Length != 3 ? LoopRole.Free
        : cut.Strides[1] == 0 ? LoopRole.Left
        : cut.Strides[0] == 0 ? LoopRole.Right
        : LoopRole.Batch;

    static KernelPlan Plan(ImmutableArray<KernelOperand> operands, KernelOperand result, IEnumerable<Loop> loops)
    {
        var nest = MergeLoops.Run([.. loops.Where(loop => loop.Extent > 1).OrderBy(loop => loop.Role)]);
        return new(KernelKinds.Classify(operands.Length, nest), operands, result, nest);
    }
}
