namespace EinsumNet.Backends.Cpu;

/// <summary>What the precompiled kernels of one and two operands have in common.</summary>
static class PairShape
{
    /// <summary>Shorter loops than this many bytes are left to emitted nests, which know the extents and waste less around them.</summary>
    internal const int LeastBytes = 64;

    /// <summary>Whether the plan has one or two operands that vectors hold, and at most one contracted loop.</summary>
    internal static bool Fits(KernelPlan plan) =>
        plan.Operands.Length is 1 or 2
        && plan.Element.IsVectorisable()
        && plan.Operands.All(operand => operand.Element == plan.Element)
        && plan.Loops.All(loop => loop.Extent > 0)
        && plan.LoopsOf(LoopRole.Contracted).Count() <= 1;

    internal static Loop? Contracted(this KernelPlan plan) => plan.Loops.FirstOrDefault(loop => loop.Role == LoopRole.Contracted);

    /// <summary>The free loops but for one.</summary>
    internal static IEnumerable<Loop> Rest(this KernelPlan plan, Loop? without) =>
        plan.Loops.Where(loop => loop.Role != LoopRole.Contracted && !ReferenceEquals(loop, without));

    /// <summary>Whether all operands have neighbours along the loop, and enough of them.</summary>
    internal static bool IsRow(this KernelPlan plan, Loop? loop) =>
        loop is not null && loop.Strides[..^1].All(stride => stride == 1) && plan.IsLong(loop);

    internal static bool IsLong(this KernelPlan plan, Loop loop, int vectors = 1) => loop.Extent * plan.Element.Size() >= vectors * LeastBytes;

    /// <summary>Blocks of whole sums: enough for a stretch of the caller's range to be no longer than it should.</summary>
    internal static long RowsPerBlock(this KernelPlan plan) => Math.Clamp((1 << 18) / plan.Contracted()!.Extent / 4 * 4, 4, 64);

    /// <summary>How many bytes the operands and the result have together.</summary>
    internal static double Footprint(this KernelPlan plan)
    {
        var bytes = 0.0;
        for (var operand = 0; operand <= plan.Operands.Length; operand++) bytes += plan.Bytes(operand);
        return bytes;
    }

    /// <summary>How many bytes the numbered operand has, or the result, whose number is theirs.</summary>
    internal static double Bytes(this KernelPlan plan, int operand)
    {
        double bytes = plan.Element.Size();
        foreach (var loop in plan.Loops)
            if (loop.Strides[operand] != 0) bytes *= loop.Extent;
        return bytes;
    }
}
