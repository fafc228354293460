namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>out[r, j] = sum over p of x[r, p] * y[p, j]</c> with so few rows r that y, which is used once for all of them, comes from memory no slower than it is multiplied.
/// </summary>
/// <param name="X">The operand of the few rows.</param>
/// <param name="Rows">Its free loops.</param>
/// <param name="Columns">The loop j.</param>
/// <param name="Depth">The loop p.</param>
/// <param name="IsAlongDepth">Whether y has its neighbours along p, and not along j.</param>
sealed record ThinShape(int X, Loop[] Rows, Loop Columns, Loop Depth, bool IsAlongDepth)
{
    const int MostRows = 16;

    /// <summary>Shorter stretches of neighbours, and operands that are in the caches next to the processor anyway, are as well multiplied in tiles.</summary>
    const long LeastBytes = 1 << 10;

    /// <summary>Tiles of so few rows read a matrix of this size no faster from L2 than it could come from memory: lines of their columns, row by row, are on a page each (Zen 5: 0.33 to 1.03 of the time).</summary>
    const long FewRows = 8, FewRowsBytes = 512 << 10;

    /// <summary>The same for sums, in elements: tiles of few rows would be mostly empty.</summary>
    internal static long LeastDepth(long rows, long elementBytes) => rows <= 4 ? 16 : rows <= 8 ? 32 : 256 / elementBytes;

    internal int Y => 1 - X;

    /// <summary>The plan's shape, or null where neither operand has few rows and the other neighbours to walk along.</summary>
    internal static ThinShape? Of(KernelPlan plan, CacheSizes caches)
    {
        if (plan.Kind != KernelKind.Contraction || !SmallPlan.IsPlain(plan) || plan.HasEmptyLoop || plan.LoopsOf(LoopRole.Contracted) is not [var depth]) return null;
        var (left, right) = (plan.Extent(LoopRole.Left), plan.Extent(LoopRole.Right));
        var x = left <= right ? 0 : 1;
        if (Math.Min(left, right) > MostRows) return null;
        var (rows, columns) = x == 0 ? (LoopRole.Left, LoopRole.Right) : (LoopRole.Right, LoopRole.Left);
        var size = plan.Element.Size();
        if (depth.Strides is [1, 1, _])
            return depth.Extent >= LeastDepth(Math.Min(left, right), size) && !IsLong(plan, columns, depth) ? new(x, plan.LoopsOf(rows), plan.Longest(columns)!, depth, true) : null;
        var bytes = plan.Bytes(1 - x);
        var isCrossed = Math.Min(left, right) <= FewRows && bytes / plan.Extent(LoopRole.Batch) >= FewRowsBytes;
        if ((bytes <= caches.L2 && !isCrossed) || IsLong(plan, columns, depth)) return null;
        foreach (var loop in plan.Loops)
            if (loop.Role == columns && loop.ResultStride == 1 && loop.Strides[1 - x] == 1 && loop.Extent * size >= LeastBytes) return new(x, plan.LoopsOf(rows), loop, depth, false);
        return null;
    }

    /// <summary>Whether there are so few sums, and such long ones, that threads had better share the sums.</summary>
    static bool IsLong(KernelPlan plan, LoopRole columns, Loop depth)
    {
        const long fewSums = 32, fewColumns = 4096, longDepth = 1 << 14;
        return depth.Extent >= longDepth && plan.Extent(columns) * plan.Extent(LoopRole.Batch) < (depth.Strides is [1, 1, _] ? fewSums : fewColumns);
    }

    /// <summary>The loops around the blocks of columns.</summary>
    internal IEnumerable<Loop> Rest(KernelPlan plan) =>
        plan.Loops.Where(loop => loop.Role != LoopRole.Contracted && !ReferenceEquals(loop, Columns) && !Rows.Contains(loop, ReferenceEqualityComparer.Instance));

    /// <summary>How many elements each row is from the first in an operand or the result.</summary>
    internal nint[] Offsets(int tensor)
    {
        nint[] offsets = [0];
        foreach (var loop in Rows)
            offsets = [.. offsets.SelectMany(offset => Enumerable.Range(0, (int)loop.Extent).Select(i => offset + i * (nint)loop.Strides[tensor]))];
        return offsets;
    }
}
