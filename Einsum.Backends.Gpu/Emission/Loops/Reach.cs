namespace EinsumNet.Backends.Gpu;

/// <summary>Whether a plan's places and counts are numbers of 32 bits.</summary>
static class Reach
{
    /// <summary>Half of what an int holds: a counter steps past its end, and a tile past its edge.</summary>
    internal const long Limit = 1 << 30;

    internal static bool NeedsWideIndex(KernelPlan plan)
    {
        if (plan.Iterations(role => role != LoopRole.Contracted) > Limit || plan.Iterations(role => role == LoopRole.Contracted) > Limit) return true;
        for (var tensor = 0; tensor <= plan.Operands.Length; tensor++)
            if (plan.Loops.Sum(loop => (double)Math.Max(loop.Extent - 1, 0) * loop.Strides[tensor]) > Limit) return true;
        return false;
    }

    /// <summary>How often the loops of some roles run together.</summary>
    internal static double Iterations(this KernelPlan plan, Func<LoopRole, bool> roles) =>
        plan.Loops.Where(loop => roles(loop.Role)).Aggregate(1.0, (product, loop) => product * loop.Extent);
}
