namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>out[batch, row, column] = sum over depth of x[batch, row, depth] * y[batch, column, depth]</c>: a pairwise contraction seen as a
/// matrix product. Columns are the free loops of the operand that has the result's axis of stride 1, so that vectors run along it;
/// x is the other operand.
/// </summary>
sealed record ContractionShape(bool Swapped, LoopGroup Batch, LoopGroup Rows, LoopGroup Columns, LoopGroup Depth)
{
    internal const int Result = 2;

    /// <summary>Rows of the result no longer than this are written in x's order (Zen 5: 0.5 to 0.9 of the time; of 512 bytes either order took as long).</summary>
    const long ShortRowBytes = 256;

    /// <summary>Smaller results are in the caches anyway.</summary>
    const long LeastCollected = 1 << 18;

    /// <summary>The operand whose free loops are the rows.</summary>
    internal int X => Swapped ? 1 : 0;

    /// <summary>The operand whose free loops are the columns.</summary>
    internal int Y => Swapped ? 0 : 1;

    internal double MultiplyAdds => (double)Batch.Extent * Rows.Extent * Columns.Extent * Depth.Extent;

    /// <param name="plan">A contraction.</param>
    /// <param name="tile">The largest register tile.</param>
    /// <param name="caches">What blocks are cut for.</param>
    /// <param name="blocks">The blocks.</param>
    internal static ContractionShape Of(KernelPlan plan, (int Rows, int Columns) tile, CacheSizes caches, out Blocking blocks)
    {
        var swapped = Nearest(plan, LoopRole.Left) < Nearest(plan, LoopRole.Right);
        var (x, y) = swapped ? (1, 0) : (0, 1);
        var (rows, columns) = swapped ? (LoopRole.Right, LoopRole.Left) : (LoopRole.Left, LoopRole.Right);
        var isFar = !caches.Holds(plan.Footprint());
        blocks = Blocking.For(
            plan.Extent(rows), plan.Extent(columns), plan.Extent(LoopRole.Contracted), tile.Rows, tile.Columns, plan.Element.Size(), caches, isFar);
        var collects = blocks.KeptDepth >= plan.Extent(LoopRole.Contracted) && Collects(plan, columns, y, plan.Extent(rows), tile.Columns / 2);
        if (collects) blocks = blocks.Collecting(plan.Extent(rows), plan.Extent(columns), tile.Columns, plan.Element.Size(), caches, isFar);
        return new ContractionShape(
            swapped,
            Patches.Of(plan, LoopRole.Batch, Result, y, least: 1, most: 1),
            // Rows are stored one by one, so their order may suit the reading of x, if that is more, or rows are so few lines that each is a place of its own; columns are stored in vectors.
            plan.Extent(LoopRole.Contracted) <= plan.Extent(columns) && plan.Extent(columns) * plan.Element.Size() > ShortRowBytes
                ? Patches.Of(plan, rows, Result, x, least: 1, most: blocks.Rows)
                : Patches.Of(plan, rows, x, Result, least: 1, most: blocks.Rows),
            collects
                ? Patches.Of(plan, columns, y, Result, least: tile.Columns, most: blocks.PatchColumns)
                : Patches.Of(plan, columns, Result, y, least: tile.Columns, most: blocks.PatchColumns),
            // What is kept of x is read once; where it is little beside y, it may come a line at a time.
            Patches.Of(plan, LoopRole.Contracted, y, blocks.KeepsX && plan.Extent(columns) * plan.Element.Size() >= plan.Extent(rows) * Lines.Bytes ? y : x, least: 1, most: blocks.Depth));
    }

    /// <summary>
    /// Whether columns had better be multiplied in y's order and the result's be restored afterwards: y's neighbours and the result's lie along different
    /// loops, and the result is less to transpose than y is, or its runs fill vectors badly.
    /// </summary>
    static bool Collects(KernelPlan plan, LoopRole columns, int y, long rows, int vector)
    {
        const long mostRows = 128;
        var depth = plan.Extent(LoopRole.Contracted);
        if (!Square512.IsSupported || plan.Extent(columns) * rows < LeastCollected || rows > mostRows) return false;
        var fast = plan.LoopsOf(columns).FirstOrDefault(loop => loop.Strides[y] == 1);
        var near = plan.LoopsOf(columns).FirstOrDefault(loop => loop.ResultStride == 1);
        if (fast is null || near is null || ReferenceEquals(fast, near) || fast.Extent < vector || near.Extent < vector) return false;
        var run = near.Extent;
        while (plan.LoopsOf(columns).FirstOrDefault(loop => loop.ResultStride == run && loop.Extent > 1) is { } next) run *= next.Extent;
        var fills = 10 * run >= 9 * ((run + vector - 1) / vector * vector);
        return 5 * depth >= (fills ? 6 : 4) * rows;
    }

    static long Nearest(KernelPlan plan, LoopRole role) => plan.LoopsOf(role).Min(loop => loop.ResultStride);
}
