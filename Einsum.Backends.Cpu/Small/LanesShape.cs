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
        if (plan.Kind is not (KernelKind.Contraction or KernelKind.MatrixVector) || plan.Loops.Any(loop => loop.Extent == 0)) return null;
        var lanes = plan.LoopsOf(LoopRole.Batch).FirstOrDefault(loop => loop.Strides is [1, 1, 1]);
        if (lanes is null || plan.LoopsOf(LoopRole.Contracted).ToArray() is not [var depth]) return null;
        var (rows, columns) = (Longest(plan, LoopRole.Left), Longest(plan, LoopRole.Right));
        var (m, n, k) = (plan.Extent(LoopRole.Left), plan.Extent(LoopRole.Right), depth.Extent);
        return m * n + (m + n) * k <= MostElements ? new LanesShape(lanes, rows, columns, depth) : null;
    }

    static Loop? Longest(KernelPlan plan, LoopRole role) => plan.LoopsOf(role).MaxBy(loop => loop.Extent);
}
