namespace EinsumNet.Backends.Cpu;

/// <summary>Loops as the axes of a tensor.</summary>
static class DenseLoops
{
    /// <summary>The loops in the order of the tensor's axes, outermost first; null where it has gaps, or one of them does not move it.</summary>
    internal static Loop[]? Of(IEnumerable<Loop> loops, int tensor)
    {
        Loop[] ordered = [.. loops.OrderByDescending(loop => loop.Strides[tensor])];
        var size = 1L;
        foreach (var loop in ordered.Reverse())
        {
            if (loop.Strides[tensor] != size) return null;
            size *= loop.Extent;
        }
        return ordered;
    }
}
