namespace EinsumNet.Backends.Gpu;

/// <summary>
/// <c>out[batch, row, column] = sum over depth of x[batch, row, depth] * y[batch, column, depth]</c>: a pairwise contraction seen as a matrix product.
/// Columns are the free loops of the operand that has the result's nearest axis, so that neighbouring threads write neighbours.
/// </summary>
sealed record MatrixShape(int X, int Y, Loop[] Batch, Loop[] Rows, Loop[] Columns, Loop[] Depth)
{
    internal const int Result = 2;

    internal static MatrixShape Of(KernelPlan plan)
    {
        var swapped = Nearest(plan, LoopRole.Left) < Nearest(plan, LoopRole.Right);
        var (x, y) = swapped ? (1, 0) : (0, 1);
        var (rows, columns) = swapped ? (LoopRole.Right, LoopRole.Left) : (LoopRole.Left, LoopRole.Right);
        // The depth runs along the neighbours of an operand that has them there; of x, if both have.
        var alongY = !MainOperand.HasNeighbours(plan, x, role => role == LoopRole.Contracted) && MainOperand.HasNeighbours(plan, y, role => role == LoopRole.Contracted);
        return new MatrixShape(
            x, y,
            LoopOrder.ByStride(plan, role => role == LoopRole.Batch, Result, x, y),
            MainOperand.HasNeighbours(plan, x, role => role == rows) ? LoopOrder.ByStride(plan, role => role == rows, x, Result) : LoopOrder.ByStride(plan, role => role == rows, Result, x),
            LoopOrder.ByStride(plan, role => role == columns, Result, y),
            alongY ? LoopOrder.ByStride(plan, role => role == LoopRole.Contracted, y, x) : LoopOrder.ByStride(plan, role => role == LoopRole.Contracted, x, y));
    }

    internal long RowCount => Count(Rows);

    internal long ColumnCount => Count(Columns);

    internal long BatchCount => Count(Batch);

    internal long DepthCount => Count(Depth);

    /// <summary>Whether the depth's neighbours are the operand's.</summary>
    internal bool IsAlongDepth(int operand) => Depth.Length > 0 && Depth[^1].Strides[operand] == 1;

    static long Count(Loop[] loops) => loops.Aggregate(1L, (product, loop) => checked(product * loop.Extent));

    static long Nearest(KernelPlan plan, LoopRole role) => plan.LoopsOf(role).Min(loop => loop.ResultStride);
}
