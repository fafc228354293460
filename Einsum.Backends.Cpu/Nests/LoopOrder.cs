namespace EinsumNet.Backends.Cpu;

/// <summary>The order in which a nest runs its loops: large strides outermost, so that the innermost loops walk through neighbouring memory.</summary>
static class LoopOrder
{
    internal static Loop[] Sort(IEnumerable<Loop> loops)
    {
        Loop[] sorted = [.. loops];
        // There are few, and equal ones keep their order.
        for (var i = 1; i < sorted.Length; i++)
            for (var at = i; at > 0 && Distance(sorted[at]) > Distance(sorted[at - 1]); at--) (sorted[at], sorted[at - 1]) = (sorted[at - 1], sorted[at]);
        return sorted;
    }

    /// <summary>How far one iteration moves, over the operands and the result.</summary>
    static double Distance(Loop loop)
    {
        var distance = 0.0;
        foreach (var stride in loop.Strides) distance += stride;
        return distance;
    }
}
