namespace EinsumNet.Backends.Cpu;

/// <summary>Which tensors of a batch of products are copied, and in which order; see <see cref="TurnedShape"/>.</summary>
static class TurnedBatches
{
    const int Result = 2;

    /// <summary>Fewer columns leave most of a vector empty, which entries of a batch fill better.</summary>
    const long FewColumns = 8;

    /// <summary>
    /// <c>bij,bjk->ikb</c>: where neighbours lie along a batch loop in some tensors and not in others, a matrix of the one is scattered over lines of the other.
    /// Either the former are copied with the batch outermost, or the latter with it innermost.
    /// </summary>
    internal static TurnedShape? Of(KernelPlan plan)
    {
        if (!SmallPlan.IsPlain(plan) || plan.Loops.Any(loop => loop.Role == LoopRole.Batch && loop.Strides.Contains(0))) return null;
        // What is read once is read as it lies.
        if (plan.Kind == KernelKind.MatrixVector && plan.LoopsOf(LoopRole.Batch).Any(loop => loop.Strides is [1, 1, _])) return null;
        var near = new Loop?[Result + 1];
        var (matrices, last, most, cut) = (0, 0, 0.0, (Loop?)null);
        for (var tensor = 0; tensor < near.Length; tensor++)
        {
            // One element for each entry has no other order.
            if (plan.Loops.All(loop => loop.Role == LoopRole.Batch || loop.Strides[tensor] == 0)) continue;
            matrices++;
            near[tensor] = BatchBehind(plan, tensor) ?? TurnedShape.Nearest(plan, tensor);
            if (!IsBatchLast(plan, near[tensor])) continue;
            var loop = near[tensor]!;
            last++;
            if (TurnedShape.Elements(plan, tensor) is var elements && elements > most) (most, cut) = (elements, loop);
        }
        if (last == 0) cut = plan.Longest(LoopRole.Batch);
        if (cut is null || (last == matrices && LanesShape.Of(plan) is not null)) return null;
        var toLanes = last < matrices && IsForLanes(plan, cut, near);
        if ((last == 0 && !toLanes) || (last == 1 && IsReadAsItLies(plan, near))) return null;
        var (orders, beside) = (new Loop[]?[near.Length], TurnedShape.BesideShortColumns(plan));
        for (var tensor = 0; tensor < near.Length; tensor++)
        {
            // A tensor that comes from memory is read in longer stretches where it is copied.
            if (toLanes ? cut.Strides[tensor] == 1 && TurnedShape.Elements(plan, tensor) * plan.Element.Size() <= CacheSizes.Machine.L2 : !IsBatchLast(plan, near[tensor]) && (tensor < Result || beside is null)) continue;
            var others = tensor == Result && !toLanes ? TurnedShape.RowsAndColumns(plan, beside?.Role ?? Columns(plan, near)) : Others(plan, tensor, inOrder: toLanes || near[tensor]!.Strides[tensor] != 1);
            orders[tensor] = toLanes ? [.. others, cut] : [cut, .. others];
        }
        if (orders.All(order => order is null) || (orders[TurnedShape.Main(plan)] is not null && IsReadOnce(plan, near))) return null;
        Loop[] around = [.. plan.LoopsOf(LoopRole.Batch).Where(loop => !ReferenceEquals(loop, cut))];
        return new TurnedShape(plan, orders, cut, 0, around).WithBlock().OrWhole();
    }

    /// <summary>
    /// A matrix times a vector is read once, as for a copy: it stays as it is, where a family reads it so in vectors (96 shapes and layouts of 8 to 500 terms: 0.78 of the time; Zen 5). Where its neighbours
    /// are entries of the batch, that needs the vector in the same order.
    /// </summary>
    static bool IsReadOnce(KernelPlan plan, Loop?[] near)
    {
        const long leastTerms = 8;
        if (plan.Kind != KernelKind.MatrixVector || plan.Extent(LoopRole.Contracted) < leastTerms) return false;
        return near[TurnedShape.Main(plan)] is not { Role: LoopRole.Batch } || TurnedShape.OfSum(plan) is not null;
    }

    /// <summary>The columns of a result that is copied: those that an operand has next to memory, as it lies or copied, without which its panels are turned; of both, or neither, those of the larger one.</summary>
    static LoopRole Columns(KernelPlan plan, Loop?[] near)
    {
        var (left, right) = (Last(0) == LoopRole.Left, Last(1) == LoopRole.Right);
        return (left == right ? TurnedShape.Elements(plan, 0) > TurnedShape.Elements(plan, 1) : left) ? LoopRole.Left : LoopRole.Right;

        LoopRole? Last(int operand) => IsBatchLast(plan, near[operand]) ? Others(plan, operand, inOrder: near[operand]!.Strides[operand] != 1).LastOrDefault()?.Role : near[operand]?.Role;
    }

    /// <summary>The loops of an operand's matrices in their order, or, where runs of neighbours are short, sums before rows, of which panels then are copies.</summary>
    static IEnumerable<Loop> Others(KernelPlan plan, int operand, bool inOrder)
    {
        const long leastRun = 16;
        Loop[] others = [.. plan.Loops.Where(loop => loop.Role != LoopRole.Batch && loop.Strides[operand] != 0).OrderByDescending(loop => loop.Strides[operand])];
        return !inOrder && others is [.., { Extent: < leastRun }] ? others.OrderBy(loop => loop.Role == LoopRole.Contracted ? 0 : 1) : others;
    }

    /// <summary>The batch whose entries lie on one line in runs of few neighbours, where matrices are so large that each of these lines would be visited for each entry.</summary>
    static Loop? BatchBehind(KernelPlan plan, int tensor)
    {
        const long mostRun = 6, leastDepth = 64, leastElements = 4096;
        if (plan.Extent(LoopRole.Contracted) < leastDepth) return null;
        if (TurnedShape.Nearest(plan, tensor) is not { Role: not LoopRole.Batch } near || near.Extent > mostRun || near.Strides[tensor] != 1) return null;
        foreach (var loop in plan.Loops)
            if (loop.Strides[tensor] == near.Extent && loop.Role == LoopRole.Batch) return TurnedShape.Elements(plan, tensor) / loop.Extent >= leastElements ? loop : null;
        return null;
    }

    /// <summary>Whether neighbours are entries of a batch, and enough of them that a copy without them is made fast.</summary>
    static bool IsBatchLast(KernelPlan plan, Loop? near)
    {
        const int leastFloats = 2, leastDoubles = 4;
        return near is { Role: LoopRole.Batch } && near.Extent >= (plan.Element.Size() == sizeof(float) ? leastFloats : leastDoubles);
    }

    /// <summary>
    /// <c>ijb,bjk->bik</c>: the operand of the rows is read element by element, and so are lines of it, which the next entries find near again where they are few, or where copies of what is in L2
    /// would take longer than the product (Emerald Rapids: 0.46 to 1.0 of the time).
    /// </summary>
    static bool IsReadAsItLies(KernelPlan plan, Loop?[] near)
    {
        const long fewLines = 100, mostShare = 4;
        if (plan.Kind != KernelKind.Contraction || near[Result] is not { ResultStride: 1, Role: LoopRole.Left or LoopRole.Right } columns) return false;
        var y = columns.Role == LoopRole.Left ? 0 : 1;
        if (!ReferenceEquals(near[y], columns) || columns.Strides[y] != 1 || !IsBatchLast(plan, near[1 - y]) || DirectShape.Of(plan) is not { Depth: [_] } shape) return false;
        return shape.RowCount * shape.DepthCount <= fewLines
            || (columns.Extent >= 2 * FewColumns && TurnedShape.Elements(plan, 1 - y) * plan.Element.Size() <= CacheSizes.Machine.L2 / mostShare);
    }

    /// <summary>Whether matrices are so small that copies with the batch innermost take less time than copies without, or than vectors that are mostly empty or gathered (limits measured on Zen 5).</summary>
    static bool IsForLanes(KernelPlan plan, Loop cut, Loop?[] near)
    {
        const long mostElements = 4096, leastLanes = 32;
        if (cut.Extent < leastLanes || plan.LoopsOf(LoopRole.Contracted) is not [var depth]) return false;
        var (m, n) = (plan.Extent(LoopRole.Left), plan.Extent(LoopRole.Right));
        var sizes = (ReadOnlySpan<long>)[m * depth.Extent, depth.Extent * n, m * n];
        var (elements, copied) = (0L, 0L);
        for (var tensor = 0; tensor < near.Length; tensor++)
        {
            elements += sizes[tensor];
            if (!IsBatchLast(plan, near[tensor])) copied += sizes[tensor];
        }
        if (elements > mostElements) return false;
        if (LeavesVectorsEmpty(plan, elements)) return true;
        // bij,jkb->ikb: no more elements are copied than without the batch would be, or vectors of rows are mostly empty as well.
        const long fewElements = 1024;
        return copied < elements && (Math.Max(m, n) < FewColumns || Math.Min(m, n) < FewColumns / 2 || (elements <= fewElements && 2 * copied <= elements));
    }

    /// <summary>
    /// <c>bij,bjk->bik</c> of two columns of floats and two rows or terms, whose vectors would be mostly empty; <c>bij,bkj->bik</c>, whose columns lie apart in the operand, of few columns, or so small that
    /// making neighbours of them would take longer than the product.
    /// </summary>
    static bool LeavesVectorsEmpty(KernelPlan plan, long elements)
    {
        const long few = 2, smallFloats = 512, smallDoubles = 144;
        // Sums along neighbours need no others.
        if (plan.Kind != KernelKind.Contraction) return false;
        if (plan.Loops.Where(loop => loop.Role is LoopRole.Left or LoopRole.Right).MinBy(loop => loop.ResultStride) is not { } columns) return false;
        var (y, rows) = columns.Role == LoopRole.Left ? (0, LoopRole.Right) : (1, LoopRole.Left);
        if (plan.Element.Size() == sizeof(float) && columns.Extent <= few && Math.Min(plan.Extent(rows), plan.Extent(LoopRole.Contracted)) <= few) return true;
        if (!plan.Loops.Any(loop => loop.Role != LoopRole.Batch && loop.Strides[y] != 0 && loop.Strides[y] < columns.Strides[y])) return false;
        return columns.Extent < FewColumns || (elements <= (plan.Element.Size() == sizeof(float) ? smallFloats : smallDoubles));
    }
}
