namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>out[i, j, b] = sum over p of x[i, p, b] * y[p, j, b]</c>: both operands and the result have neighbours along b. Further free loops count as batch.
/// </summary>
/// <param name="Lanes">The loop b.</param>
sealed record LanesShape(Loop Lanes, Loop? Rows, Loop? Columns, Loop Depth)
{
    /// <summary>Elements of all three matrices of an entry, of which vectors take a cache line each: they stay in L2.</summary>
    const long MostElements = 4096;

    internal IEnumerable<Loop> Rest(KernelPlan plan) =>
        plan.Rest(without: Lanes).Where(loop => !ReferenceEquals(loop, Rows) && !ReferenceEquals(loop, Columns));

    /// <summary>The plan's shape, or null where no batch loop is innermost everywhere or the matrices are not small.</summary>
    internal static LanesShape? Of(KernelPlan plan)
    {
        if (plan.Kind is not (KernelKind.Contraction or KernelKind.MatrixVector) || plan.HasEmptyLoop) return null;
        if (Array.Find(plan.LoopsOf(LoopRole.Batch), loop => loop.Strides is [1, 1, 1]) is not { } lanes || plan.LoopsOf(LoopRole.Contracted) is not [var depth]) return null;
        var (rows, columns) = (plan.Longest(LoopRole.Left), plan.Longest(LoopRole.Right));
        var (m, n, k) = (plan.Extent(LoopRole.Left), plan.Extent(LoopRole.Right), depth.Extent);
        return m * n + (m + n) * k <= MostElements ? new LanesShape(lanes, rows, columns, depth) : null;
    }
}
