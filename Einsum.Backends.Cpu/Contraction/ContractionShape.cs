namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>out[batch, row, column] = sum over depth of x[batch, row, depth] * y[batch, column, depth]</c>: a pairwise contraction seen as a
/// matrix product. Columns are the free loops of the operand that has the result's axis of stride 1, so that vectors run along it;
/// x is the other operand.
/// </summary>
sealed record ContractionShape(bool Swapped, LoopGroup Batch, LoopGroup Rows, LoopGroup Columns, LoopGroup Depth)
{
    const int Result = 2;

    /// <summary>The operand whose free loops are the rows.</summary>
    internal int X => Swapped ? 1 : 0;

    /// <summary>The operand whose free loops are the columns.</summary>
    internal int Y => Swapped ? 0 : 1;

    internal double MultiplyAdds => (double)Batch.Extent * Rows.Extent * Columns.Extent * Depth.Extent;

    internal static ContractionShape Of(KernelPlan plan)
    {
        var swapped = Nearest(plan, LoopRole.Left) < Nearest(plan, LoopRole.Right);
        var (x, y) = swapped ? (1, 0) : (0, 1);
        var (rows, columns) = swapped ? (LoopRole.Right, LoopRole.Left) : (LoopRole.Left, LoopRole.Right);
        return new ContractionShape(
            swapped,
            Group(plan, LoopRole.Batch, loop => loop.ResultStride),
            // Rows are stored one by one, so their order may suit the reading of x; columns are stored in vectors.
            Group(plan, rows, loop => loop.Strides[x]),
            Group(plan, columns, loop => loop.ResultStride),
            Group(plan, LoopRole.Contracted, loop => Math.Min(Far(loop.Strides[x]), Far(loop.Strides[y]))));
    }

    static long Nearest(KernelPlan plan, LoopRole role) => plan.LoopsOf(role).Min(loop => loop.ResultStride);

    /// <summary>The role's loops, the one with the smallest stride fastest.</summary>
    static LoopGroup Group(KernelPlan plan, LoopRole role, Func<Loop, long> stride) =>
        new([.. plan.LoopsOf(role).OrderByDescending(loop => Far(stride(loop)))], Result + 1);

    /// <summary>A stride of 0 brings no neighbour closer: it counts as the farthest.</summary>
    static long Far(long stride) => stride == 0 ? long.MaxValue : stride;
}
