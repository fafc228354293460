using System.Collections.Immutable;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// A plan some of whose tensors are copied into another order of their axes, because the kernel that could run the plan as it is would walk across neighbours:
/// which tensors, into which order, and the loop that is cut so that the copies stay in the caches.
/// </summary>
/// <param name="Plan">The plan.</param>
/// <param name="Orders">For each operand and last the result the loops of its copy, outermost first; null where it stays as it is.</param>
/// <param name="Cut">The loop that is cut, a free or a batch one; null where the copies are whole.</param>
/// <param name="Block">How many of its iterations a copy holds.</param>
/// <param name="Around">The loops of which a copy holds one iteration.</param>
sealed record TurnedShape(KernelPlan Plan, Loop[]?[] Orders, Loop? Cut, long Block, Loop[] Around)
{
    static readonly ProductFamily s_products = new();

    /// <summary>Bytes of the copies that stay in L2 beside what else is read.</summary>
    const long CopyBytes = 192 << 10;

    /// <summary>Blocks of longer copies, and fewer blocks of more work than this, had better be one, whose kernels share their work among threads.</summary>
    const long MostBlockBytes = 1 << 20, FewBlocks = 16, MuchWork = 1 << 22;

    /// <summary>Bytes of copies that are whole; more is left as it is, however slow.</summary>
    const double MostBytes = 64 << 20;

    /// <summary>Less work is done before its tensors are copied.</summary>
    const double LeastWork = 2048;

    /// <summary>The result of a sum is copied where the operands are so many times as much.</summary>
    const long LeastSum = 4;

    /// <summary>Of more rows for each element of a sum, copying the result costs more than reading the operand across its neighbours.</summary>
    const long MostRows = 6;

    /// <summary>Rows of the tallest register tile, for asking whether the contraction as it is would be collected.</summary>
    const int TileRows = 14;

    /// <summary>Operands and result of a product of one block of depth whose result is copied; a constant, since what is measured must not decide in which order sums are made.</summary>
    const double MostCopiedBytes = 8 << 20;

    /// <summary>A result of short sums that is rather copied than written in short rows.</summary>
    const double MostNearBytes = 4 << 20;

    /// <summary>The shape, or null where the plan had better run as it is.</summary>
    internal static TurnedShape? Of(KernelPlan plan) => plan.HasEmptyLoop || plan.Iterations < LeastWork || !plan.IsOfOneType ? null : plan.Kind switch
    {
        KernelKind.Contraction => OfShortSums(plan) ?? TurnedBatches.Of(plan) ?? OfThin(plan) ?? OfDots(plan) ?? OfColumns(plan) ?? OfShortColumns(plan),
        KernelKind.MatrixVector => TurnedBatches.Of(plan) ?? OfSum(plan),
        KernelKind.Reduction or KernelKind.Dot => OfSum(plan),
        KernelKind.NAry => OfSum(plan) ?? OfProduct(plan) ?? OfFactors(plan),
        KernelKind.Outer => OfFactors(plan),
        _ => null,
    };

    /// <summary>
    /// <c>aeb,ed->bda</c>: where neighbours of the result and of the operand that has its columns lie along different loops, neither can be walked through in
    /// vectors without walking across the other. The result is made with its columns in the operand's order.
    /// </summary>
    static TurnedShape? OfColumns(KernelPlan plan)
    {
        if (!SmallPlan.IsPlain(plan) || Nearest(plan, plan.Operands.Length) is not { Role: LoopRole.Left or LoopRole.Right } near) return null;
        var y = near.Role == LoopRole.Left ? 0 : 1;
        if (Nearest(plan, y) is not { } fast || fast.Role != near.Role || ReferenceEquals(fast, near)) return null;
        var (rows, terms) = (plan.Extent(near.Role == LoopRole.Left ? LoopRole.Right : LoopRole.Left), plan.Extent(LoopRole.Contracted));
        if (rows > MostRows * terms) return null;
        _ = ContractionShape.Of(plan, (TileRows, 2 * Lines.Bytes / plan.Element.Size()), CacheSizes.Machine, out var blocks);
        if (blocks.Collects) return null;
        // From memory it pays to read and to write everything once, unless sums go on in several blocks, for each of which a result that is little beside the work is visited again.
        if (plan.Footprint() > MostCopiedBytes && (blocks.Depth >= terms || 2 * rows > terms)) return null;
        var orders = new Loop[]?[plan.Operands.Length + 1];
        orders[^1] = [.. RowsAndColumns(plan, near.Role)];
        return new TurnedShape(plan, orders, near, 0, plan.LoopsOf(LoopRole.Batch)).WithBlock().OrWhole();
    }

    /// <summary>
    /// <c>egad,fgbc->cdfaeb</c> of a short sum over g, whose result is much more than the operands: these are copied in its order, so that it is written from end to end, one block of rows e and columns b
    /// after the other, which <see cref="DirectFamily"/> makes of neighbours alone.
    /// </summary>
    static TurnedShape? OfShortSums(KernelPlan plan)
    {
        const int result = 2;
        if (!SmallPlan.IsPlain(plan) || !DirectShape.IsOfShortSums(plan) || DirectShape.Of(plan) is not null) return null;
        Loop[] loops = [.. plan.Loops.Where(loop => loop.ResultStride != 0).OrderBy(loop => loop.ResultStride)];
        if (loops is not [{ ResultStride: 1, Role: LoopRole.Left or LoopRole.Right } near, ..]) return null;
        var (x, others) = near.Role == LoopRole.Left ? (1, LoopRole.Right) : (0, LoopRole.Left);
        var columns = loops.TakeWhile(loop => loop.Role == near.Role).ToArray();
        var rows = loops[columns.Length..].TakeWhile(loop => loop.Role == others).ToArray();
        if (columns.Length + rows.Length == loops.Length || !DirectShape.IsBlock(Product(rows), Product(columns), plan.Extent(LoopRole.Contracted), plan.Element.Size())) return null;
        if (Elements(plan, result) * plan.Element.Size() <= MostNearBytes && OfShortColumns(plan) is not null) return null;
        var (depth, outward) = (plan.LoopsOf(LoopRole.Contracted), loops.Reverse().ToArray());
        var orders = new Loop[]?[result + 1];
        orders[x] = [.. outward.Where(loop => loop.Strides[x] != 0), .. depth];
        orders[1 - x] = [.. outward[..^columns.Length].Where(loop => loop.Strides[1 - x] != 0), .. depth, .. outward[^columns.Length..]];
        var shape = new TurnedShape(plan, orders, null, 1, []).WithoutCopiesInOrder();
        return shape.BlockBytes <= MostBytes && DirectShape.Of(shape.Inner(1)) is not null ? shape : null;

        static long Product(Loop[] loops) => loops.Aggregate(1L, (product, loop) => product * loop.Extent);
    }

    /// <summary>The same where what has its order already is not copied.</summary>
    TurnedShape WithoutCopiesInOrder() =>
        this with { Orders = [.. Orders.Select((order, tensor) => order is not null && Strides(order, Block).All(pair => pair.Key.Strides[tensor] == pair.Value) ? null : order)] };

    /// <summary>
    /// <c>abe,ecd->cabd</c> of a short axis d: vectors of columns, c and d, would be written in pieces as short as that. The result is made with its columns along b, which is next to d in it. Sums that
    /// threads had better share are left to others.
    /// </summary>
    static TurnedShape? OfShortColumns(KernelPlan plan)
    {
        if (!SmallPlan.IsPlain(plan) || plan.Extent(LoopRole.Contracted) >= SplitSumFamily.LeastDepth || BesideShortColumns(plan) is not { } columns) return null;
        var orders = new Loop[]?[plan.Operands.Length + 1];
        orders[^1] = [.. RowsAndColumns(plan, columns.Role)];
        return new TurnedShape(plan, orders, columns, 0, plan.LoopsOf(LoopRole.Batch)).WithBlock().OrWhole();
    }

    /// <summary>The columns that a contraction's result had better be made with where it has only a few of the other operand's between them, which has more elsewhere; null where they are enough, or all.</summary>
    internal static Loop? BesideShortColumns(KernelPlan plan)
    {
        const long shortBytes = 32;
        var size = plan.Element.Size();
        if (Nearest(plan, plan.Operands.Length) is not { ResultStride: 1, Role: LoopRole.Left or LoopRole.Right } near || near.Extent * size > shortBytes || plan.Extent(near.Role) == near.Extent) return null;
        var others = near.Role == LoopRole.Left ? LoopRole.Right : LoopRole.Left;
        return plan.Loops.FirstOrDefault(loop => loop.Role == others && loop.ResultStride == near.Extent && loop.Extent * size >= shortBytes);
    }

    /// <summary>The loops of a result: rows, and columns in the order of the operand whose they are.</summary>
    internal static IEnumerable<Loop> RowsAndColumns(KernelPlan plan, LoopRole columns)
    {
        var (rows, y) = columns == LoopRole.Left ? (LoopRole.Right, 0) : (LoopRole.Left, 1);
        return plan.LoopsOf(rows).OrderByDescending(loop => loop.ResultStride).Concat(plan.LoopsOf(columns).OrderByDescending(loop => loop.Strides[y]));
    }

    /// <summary>
    /// <c>ij,jk->ki</c> of few rows i or k: the other operand is read once, along its neighbours, for which the operand of few rows, or the result, is copied.
    /// </summary>
    static TurnedShape? OfThin(KernelPlan plan)
    {
        const long mostRows = 16, leastBytes = 256, leastDepth = 16;
        var (left, right) = (plan.Extent(LoopRole.Left), plan.Extent(LoopRole.Right));
        if (!SmallPlan.IsPlain(plan) || Math.Min(left, right) > mostRows || plan.LoopsOf(LoopRole.Contracted) is not [{ Extent: >= leastDepth } depth]) return null;
        var (x, rows, columns) = left <= right ? (0, LoopRole.Left, LoopRole.Right) : (1, LoopRole.Right, LoopRole.Left);
        if (plan.LoopsOf(LoopRole.Batch).Any(loop => loop.Strides.Contains(0))) return null;
        var orders = new Loop[]?[plan.Operands.Length + 1];
        if (Nearest(plan, 1 - x) is not { } fast || fast.Strides[1 - x] != 1) return null;
        var size = plan.Element.Size();
        if (fast.Extent < (ReferenceEquals(fast, depth) ? ThinShape.LeastDepth(Math.Min(left, right), size) : leastBytes / size)) return null;
        if (ReferenceEquals(fast, depth) && depth.Strides[x] != 1) orders[x] = [.. plan.LoopsOf(LoopRole.Batch), .. plan.LoopsOf(rows), depth];
        else if (fast.Role == columns && fast.ResultStride != 1) orders[^1] = [.. plan.LoopsOf(LoopRole.Batch), .. RowsAndColumns(plan, columns)];
        else return null;
        // What is copied is little beside what is read, and then read along neighbours.
        var result = plan.Operands.Length;
        var copied = orders[x] is null ? result : x;
        if (LeastSum * Elements(plan, copied) > Elements(plan, 1 - x)) return null;
        var shape = new TurnedShape(plan, orders, null, 1, []);
        return shape.BlockBytes <= MostBytes && (copied == result || ThinShape.Of(shape.Inner(1), CacheSizes.Machine) is not null) ? shape : null;
    }

    /// <summary><c>ij,jk->ik</c> of few rows and columns and a long sum: operands are copied with their neighbours along the sum, of which vectors then hold stretches.</summary>
    static TurnedShape? OfDots(KernelPlan plan)
    {
        const long mostRows = 16, leastDepth = 512;
        if (!SmallPlan.IsPlain(plan) || Math.Max(plan.Extent(LoopRole.Left), plan.Extent(LoopRole.Right)) > mostRows) return null;
        if (plan.LoopsOf(LoopRole.Contracted) is not [{ Extent: >= leastDepth } depth] || plan.Loops.Any(loop => loop.Role == LoopRole.Batch && loop.Strides[..^1].Contains(0))) return null;
        var orders = new Loop[]?[plan.Operands.Length + 1];
        var batch = plan.Longest(LoopRole.Batch);
        Loop[] around = [.. plan.LoopsOf(LoopRole.Batch).Where(loop => !ReferenceEquals(loop, batch))];
        foreach (var (operand, rows) in (ReadOnlySpan<(int, LoopRole)>)[(0, LoopRole.Left), (1, LoopRole.Right)])
            if (depth.Strides[operand] != 1) orders[operand] = [.. batch is null ? Array.Empty<Loop>() : [batch], .. plan.LoopsOf(rows), depth];
        if (orders.All(order => order is null)) return null;
        var shape = new TurnedShape(plan, orders, batch, 1, around);
        if (batch is null) return shape.BlockBytes <= CopyBytes ? shape : null;
        return shape.BlockBytes <= MostBlockBytes ? shape with { Block = Math.Clamp((long)(CopyBytes / shape.BlockBytes), 1, batch.Extent) } : null;
    }

    /// <summary>
    /// <c>abc->cb</c>, <c>ab,ba->a</c>: sums whose result, or some of whose operands, have another order than the operand that is most of what is read. All are walked through
    /// in that one's order, in which vectors run along its neighbours and loops are one.
    /// </summary>
    internal static TurnedShape? OfSum(KernelPlan plan)
    {
        const long leastExtent = 8;
        if (plan.Loops.All(loop => loop.Role != LoopRole.Contracted)) return null;
        var main = Main(plan);
        if (Nearest(plan, main) is not { } near) return null;
        var orders = new Loop[]?[plan.Operands.Length + 1];
        if (IsResultApart(plan, main, near)) orders[^1] = InOrder(plan.Operands.Length);
        if (near.Strides[main] == 1 && near.Extent >= leastExtent)
            for (var operand = 0; operand < plan.Operands.Length; operand++)
                if (Nearest(plan, operand) is { Extent: >= leastExtent } fast && near.Strides[operand] > fast.Strides[operand]) orders[operand] = InOrder(operand);
        if (orders.All(order => order is null)) return null;
        var shape = new TurnedShape(plan, orders, null, 1, []);
        return shape.BlockBytes <= MostBytes ? shape : null;

        Loop[] InOrder(int tensor) => [.. plan.Loops.Where(loop => loop.Strides[tensor] != 0).OrderByDescending(loop => loop.Strides[main] == 0).ThenByDescending(loop => loop.Strides[main])];
    }

    /// <summary>
    /// Whether the result of a sum is little beside the operand that is most of what is read, and has its neighbours along another loop; where that is summed in short runs, whether the loops that are kept
    /// would walk through it from run to run so far apart that none of its lines stays near until its next run is read.
    /// </summary>
    static bool IsResultApart(KernelPlan plan, int main, Loop near)
    {
        const long mostRunBytes = 256, leastWalkBytes = 64 << 10;
        var kept = plan.Loops.Where(loop => loop.ResultStride != 0).ToArray();
        if (kept.Length < 2 || kept.Any(loop => loop.Strides[main] == 0) || plan.Iterations < LeastSum * Elements(plan, plan.Operands.Length)) return false;
        if (near.ResultStride != 0) return near.ResultStride != 1;
        var size = plan.Element.Size();
        // Whole runs one behind the other, which the family of sums walks through in order.
        if (near.Extent * size > mostRunBytes || (SmallPlan.IsPlain(plan) && SumsShape.Of(plan) is not null)) return false;
        var isNextFurtherOut = false;
        foreach (var loop in LoopOrder.Sort(kept))
        {
            if (isNextFurtherOut && loop.Strides[main] * loop.Extent * size > leastWalkBytes) return true;
            isNextFurtherOut |= loop.Strides[main] == near.Extent;
        }
        return false;
    }

    /// <summary>
    /// <c>abc,ac,cba->abc</c>: an operand as large as the result, or nearly, whose neighbours lie along another loop is read across them, element by element, unless
    /// it is copied in the result's order.
    /// </summary>
    static TurnedShape? OfProduct(KernelPlan plan)
    {
        const long leastShare = 4, leastExtent = 8;
        var result = plan.Operands.Length;
        if (plan.Loops.Any(loop => loop.Role == LoopRole.Contracted) || Nearest(plan, result) is not { ResultStride: 1, Extent: >= leastExtent } near) return null;
        var orders = new Loop[]?[result + 1];
        Loop? cut = null;
        for (var operand = 0; operand < result; operand++)
        {
            if (Nearest(plan, operand) is not { Extent: >= leastExtent } fast || ReferenceEquals(fast, near) || near.Strides[operand] == 0) continue;
            if (leastShare * Elements(plan, operand) < plan.Iterations || (cut is not null && !ReferenceEquals(cut, fast))) continue;
            cut = fast;
            orders[operand] = [.. plan.Loops.Where(loop => loop.Strides[operand] != 0).OrderByDescending(loop => loop.ResultStride)];
        }
        if (cut is null) return null;
        var shape = new TurnedShape(plan, orders, cut, 0, []).WithProductBlocks();
        // The family of products turns an operand on its way, in squares; stretches of it are longer only where it goes on, in a block, in a loop that the result has further out.
        var goesOn = plan.Loops.Any(loop => loop.ResultStride > cut.ResultStride && !shape.Around.Contains(loop, ReferenceEqualityComparer.Instance)
            && Enumerable.Range(0, result).Any(operand => orders[operand] is not null && loop.Strides[operand] == cut.Extent));
        return goesOn || !s_products.CanRun(plan) ? shape.OrNothing() : null;
    }

    /// <summary><c>ri,rj->ijr</c>: factors that are little beside the product and are not neighbours along its row are copied in its order, or each row would gather them anew.</summary>
    static TurnedShape? OfFactors(KernelPlan plan)
    {
        const long leastShare = 4, leastBytes = 16;
        var result = plan.Operands.Length;
        if (plan.Loops.Any(loop => loop.Role == LoopRole.Contracted) || Nearest(plan, result) is not { ResultStride: 1 } row || row.Extent * plan.Element.Size() < leastBytes) return null;
        var orders = new Loop[]?[result + 1];
        for (var operand = 0; operand < result; operand++)
            if (row.Strides[operand] > 1 && leastShare * Elements(plan, operand) <= plan.Iterations) orders[operand] = [.. plan.Loops.Where(loop => loop.Strides[operand] != 0).OrderByDescending(loop => loop.ResultStride)];
        if (orders.All(order => order is null)) return null;
        var shape = new TurnedShape(plan, orders, null, 1, []);
        return shape.BlockBytes <= MostBytes ? shape : null;
    }

    /// <summary>
    /// Copies hold all of the loop that is to be cut and as many of the result's inner loops as stay in the caches, of the outermost of these as many iterations: rows of the product are long, and so are
    /// the stretches that are copied. Where the inmost alone are too many, the loop is cut, and lines of it and of the others stay in the caches.
    /// </summary>
    TurnedShape WithProductBlocks()
    {
        Loop[] outer = [.. Plan.Loops.Where(loop => !ReferenceEquals(loop, Cut)).OrderByDescending(loop => loop.ResultStride)];
        var most = Plan.Footprint() <= CacheSizes.Machine.L2 ? CacheSizes.Machine.L1 / 2 : CopyBytes;
        for (var around = 0; around < outer.Length; around++)
        {
            var shape = WithAround(outer[..around]) with { Block = Cut!.Extent };
            if (shape.BlockBytes > most) continue;
            if (around == 0 || 2 * shape.BlockBytes > most) return shape;
            var last = outer[around - 1];
            var blocks = Math.Ceiling(last.Extent / Math.Floor(most / shape.BlockBytes));
            return WithAround(outer[..(around - 1)]) with { Cut = last, Block = (long)Math.Ceiling(last.Extent / blocks) };
        }
        var count = 0;
        while (count < outer.Length - 1 && outer[count..].Aggregate((double)Lines.Bytes, (product, loop) => product * loop.Extent) > CopyBytes) count++;
        return WithAround(outer[..count]).WithBlock();
    }

    TurnedShape WithAround(Loop[] around) =>
        this with { Around = around, Orders = [.. Orders.Select(order => order?.Where(loop => !around.Contains(loop, ReferenceEqualityComparer.Instance)).ToArray())] };

    /// <summary>Blocks of whole lines whose copies stay in the caches.</summary>
    internal TurnedShape WithBlock()
    {
        var line = Lines.Bytes / Plan.Element.Size();
        var each = (this with { Block = 1 }).BlockBytes;
        var most = Math.Max((long)(CopyBytes / each) / line * line, line);
        var blocks = (Cut!.Extent + most - 1) / most;
        return this with { Block = Math.Min(((Cut.Extent + blocks - 1) / blocks + line - 1) / line * line, Cut.Extent) };
    }

    /// <summary>Whole copies where blocks are long or few; null where these are too much, or blocks are too little.</summary>
    internal TurnedShape? OrWhole()
    {
        if (BlockBytes <= MostBlockBytes && (Blocks >= FewBlocks || Plan.Iterations < MuchWork)) return Plan.Iterations / Blocks < LeastWork ? null : this;
        var whole = this with { Cut = null, Block = 1, Around = [], Orders = [.. Orders.Select(order => order is null ? null : (Loop[])[.. Around, .. order])] };
        return whole.BlockBytes <= MostBytes ? whole : null;
    }

    TurnedShape? OrNothing() => BlockBytes > MostBlockBytes || Plan.Iterations / Blocks < LeastWork / 4 ? null : this;

    double Blocks => Around.Aggregate(1.0, (product, loop) => product * loop.Extent) * ((Cut!.Extent + Block - 1) / Block);

    double BlockBytes => Orders.Sum(order => order is null ? 0 : order.Aggregate((double)Plan.Element.Size(), (product, loop) => product * Extent(loop, Block)));

    /// <summary>The operand that is most of what is read.</summary>
    internal static int Main(KernelPlan plan) => Enumerable.Range(0, plan.Operands.Length).MaxBy(operand => Elements(plan, operand));

    internal static double Elements(KernelPlan plan, int tensor) => plan.Loops.Aggregate(1.0, (product, loop) => loop.Strides[tensor] == 0 ? product : product * loop.Extent);

    /// <summary>The loop along which the tensor has its neighbours.</summary>
    internal static Loop? Nearest(KernelPlan plan, int tensor)
    {
        Loop? nearest = null;
        foreach (var loop in plan.Loops)
            if (loop.Strides[tensor] != 0 && (nearest is null || loop.Strides[tensor] < nearest.Strides[tensor])) nearest = loop;
        return nearest;
    }

    /// <summary>The loops with so many iterations of the one that is cut, and the strides of the copies.</summary>
    internal KernelPlan Inner(long block)
    {
        var strides = Orders.Select(order => order is null ? null : Strides(order, block)).ToArray();
        var loops = new List<Loop>();
        foreach (var loop in Plan.Loops)
        {
            if (Extent(loop, block) is var extent && (extent == 1 || Around.Contains(loop, ReferenceEqualityComparer.Instance))) continue;
            loops.Add(new Loop(extent, loop.Role, [.. loop.Strides.Select((stride, tensor) => strides[tensor] is { } own ? own.GetValueOrDefault(loop) : stride)]));
        }
        var merged = MergeLoops.Run(loops);
        return Plan with { Kind = KernelKinds.Classify(Plan.Operands.Length, merged), Loops = merged };
    }

    /// <summary>The copy of an operand, or that to the result.</summary>
    internal KernelPlan Turn(int tensor, long block)
    {
        var isResult = tensor == Plan.Operands.Length;
        var element = new KernelOperand(isResult ? Plan.Result.Element : Plan.Operands[tensor].Element);
        var order = Orders[tensor]!;
        var strides = Strides(order, block);
        var loops = new List<Loop>();
        foreach (var loop in order)
            if (Extent(loop, block) is var extent && extent > 1) loops.Add(new Loop(extent, LoopRole.Free, isResult ? [strides[loop], loop.Strides[tensor]] : [loop.Strides[tensor], strides[loop]]));
        return new KernelPlan(KernelKind.Transpose, [element], element, MergeLoops.Run(loops));
    }

    /// <summary>Elements of the copy.</summary>
    internal long Elements(int tensor) => Orders[tensor]!.Aggregate(1L, (product, loop) => product * Extent(loop, Block));

    long Extent(Loop loop, long block) => ReferenceEquals(loop, Cut) ? block : loop.Extent;

    Dictionary<Loop, long> Strides(Loop[] order, long block)
    {
        var strides = new Dictionary<Loop, long>(ReferenceEqualityComparer.Instance);
        var stride = 1L;
        foreach (var loop in order.Reverse())
        {
            strides[loop] = stride;
            stride *= Extent(loop, block);
        }
        return strides;
    }
}
