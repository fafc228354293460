namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>out[b, i, j] = sum over p of x[b, i, p] * y[b, p, j]</c> with as many p as j, of which rows of 16 or 32 bytes consist, and rows of x and of the result one behind the other:
/// products of 2 x 2 to 8 x 8.
/// </summary>
/// <param name="X">The operand with the rows.</param>
/// <param name="Rows">The loop i.</param>
/// <param name="Depth">The loop p.</param>
/// <param name="Blocked">The loop that is cut into blocks: i, or one of the batch.</param>
/// <param name="Block">How many of its iterations a block has.</param>
sealed record SquaresShape(int X, Loop Rows, Loop Depth, Loop Blocked, long Block)
{
    /// <summary>Operands and result of a block.</summary>
    const long BlockBytes = 48 << 10;

    internal bool CutsRows => ReferenceEquals(Blocked, Rows);

    /// <summary>Bytes of a row.</summary>
    internal long RowBytes(KernelPlan plan) => Depth.Extent * plan.Element.Size();

    /// <summary>The widest vectors of at most so many bits, or of one row, that rows fill.</summary>
    internal int BitsFor(KernelPlan plan, int most)
    {
        var rowBits = 8 * (int)RowBytes(plan);
        for (var bits = Math.Max(most, rowBits); ; bits /= 2)
            if (Rows.Extent % (bits / rowBits) == 0) return bits;
    }

    /// <summary>Whether vectors that are as long as a line had better be written past the caches: there is no room for the result there, and all are whole lines if the first is.</summary>
    internal bool Streams(KernelPlan plan, LastCache cache)
    {
        var size = plan.Element.Size();
        return plan.Loops.All(loop => loop.ResultStride == 1 || ReferenceEquals(loop, Rows) || Lines.IsAligned((nint)loop.ResultStride * size))
            && !cache.Holds(plan.Footprint());
    }

    /// <summary>The loops around blocks.</summary>
    internal IEnumerable<Loop> Rest(KernelPlan plan) =>
        plan.Loops.Where(loop => loop.Role == LoopRole.Batch && !ReferenceEquals(loop, Blocked));

    /// <summary>The plan's shape, or null where rows are not so.</summary>
    internal static SquaresShape? Of(KernelPlan plan)
    {
        if (plan.Kind != KernelKind.Contraction || !SmallPlan.IsPlain(plan) || plan.LoopsOf(LoopRole.Contracted) is not [var depth]) return null;
        var size = depth.Extent * plan.Element.Size();
        if (size is not (16 or 32) || plan.LoopsOf(LoopRole.Left) is not [var left] || plan.LoopsOf(LoopRole.Right) is not [var right]) return null;
        var (x, rows, columns) = right.ResultStride == 1 ? (0, left, right) : (1, right, left);
        if (columns.ResultStride != 1 || columns.Strides[1 - x] != 1 || depth.Strides[x] != 1 || columns.Extent != depth.Extent
            || rows.Strides[x] != depth.Extent || rows.ResultStride != depth.Extent || plan.HasEmptyLoop) return null;
        var batch = plan.LoopsOf(LoopRole.Batch).MinBy(loop => loop.Strides.Sum());
        // A multiple of the rows that a vector has at most, which is four.
        var most = BlockBytes / (2 * size) / 4 * 4;
        if (batch is null || rows.Extent > batch.Extent) return new(x, rows, depth, rows, most);
        return new(x, rows, depth, batch, Math.Max(BlockBytes / (size * (2 * rows.Extent + depth.Extent)), 1));
    }
}
