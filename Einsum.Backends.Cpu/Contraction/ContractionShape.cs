namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>out[batch, row, column] = sum over depth of x[batch, row, depth] * y[batch, column, depth]</c>: a pairwise contraction seen as a
/// matrix product. Columns are the free loops of the operand that has the result's axis of stride 1, so that vectors run along it;
/// x is the other operand.
/// </summary>
sealed record ContractionShape(bool Swapped, LoopGroup Batch, LoopGroup Rows, LoopGroup Columns, LoopGroup Depth)
{
    internal const int Result = 2;

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
        blocks = Blocking.For(
            plan.Extent(rows), plan.Extent(columns), plan.Extent(LoopRole.Contracted), tile.Rows, tile.Columns, plan.Element.Size(), caches);
        return new ContractionShape(
            swapped,
            Patches.Of(plan, LoopRole.Batch, Result, y, least: 1, most: 1),
            // Rows are stored one by one, so their order may suit the reading of x, if that is more; columns are stored in vectors.
            plan.Extent(LoopRole.Contracted) <= plan.Extent(columns)
                ? Patches.Of(plan, rows, Result, x, least: 1, most: blocks.Rows)
                : Patches.Of(plan, rows, x, Result, least: 1, most: blocks.Rows),
            Patches.Of(plan, columns, Result, y, least: tile.Columns, most: blocks.PatchColumns),
            Patches.Of(plan, LoopRole.Contracted, y, x, least: 1, most: blocks.Depth));
    }

    static long Nearest(KernelPlan plan, LoopRole role) => plan.LoopsOf(role).Min(loop => loop.ResultStride);
}
