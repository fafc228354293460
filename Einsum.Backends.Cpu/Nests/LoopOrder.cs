namespace EinsumNet.Backends.Cpu;

/// <summary>The order in which a nest runs its loops: large strides outermost, so that the innermost loops walk through neighbouring memory.</summary>
static class LoopOrder
{
    internal static Loop[] Sort(IEnumerable<Loop> loops) => [.. loops.OrderByDescending(Distance)];

    /// <summary>How far one iteration moves, over the operands and the result.</summary>
    static double Distance(Loop loop) => loop.Strides.Sum(stride => (double)stride);
}
