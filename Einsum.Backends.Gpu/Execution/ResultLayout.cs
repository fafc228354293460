namespace EinsumNet.Backends.Gpu;

/// <summary>Where a result's elements lie, from a step that writes them all; copies them from a buffer of the same layout, and nothing between them.</summary>
sealed unsafe class ResultLayout
{
    readonly Loop[] _loops;
    readonly int _elementBytes;

    internal ResultLayout(KernelPlan plan)
    {
        _elementBytes = plan.Element.Size();
        _loops = [.. plan.Loops.Where(loop => loop.Role != LoopRole.Contracted).OrderByDescending(loop => loop.ResultStride)];
        var elements = _loops.Aggregate(1L, (product, loop) => product * loop.Extent);
        IsDense = elements == 1 + _loops.Sum(loop => Math.Max(0, loop.Extent - 1) * loop.ResultStride);
    }

    /// <summary>Whether no memory between the first and the last element is something else.</summary>
    internal bool IsDense { get; }

    internal void Copy(nint source, nint destination) => Copy(source, destination, 0);

    void Copy(nint source, nint destination, int depth)
    {
        if (depth == _loops.Length)
        {
            Buffer.MemoryCopy((void*)source, (void*)destination, _elementBytes, _elementBytes);
            return;
        }
        var loop = _loops[depth];
        if (depth == _loops.Length - 1 && loop.ResultStride == 1)
        {
            Buffer.MemoryCopy((void*)source, (void*)destination, loop.Extent * _elementBytes, loop.Extent * _elementBytes);
            return;
        }
        var step = (nint)(loop.ResultStride * _elementBytes);
        for (var i = 0L; i < loop.Extent; i++, source += step, destination += step) Copy(source, destination, depth + 1);
    }
}
