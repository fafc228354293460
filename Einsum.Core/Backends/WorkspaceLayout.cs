using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>Places intermediates in a workspace, first fit: each from the step that writes it to the last that reads it.</summary>
static class WorkspaceLayout
{
    /// <summary>A cache line, and the widest vector.</summary>
    internal const long Alignment = 64;

    internal static (ImmutableArray<long> Offsets, long Bytes) Assign(int firstValue, ImmutableArray<KernelStep> steps, ImmutableArray<long> sizes)
    {
        if (sizes.IsEmpty) return ([], 0);
        var offsets = new long[sizes.Length];
        var lastUse = new int[sizes.Length];
        foreach (var (i, step) in steps.Index())
            foreach (var value in step.Operands)
                if (value >= firstValue) lastUse[value - firstValue] = i;

        var end = 0L;
        var live = new List<int>();
        foreach (var (i, step) in steps.Index())
        {
            live.RemoveAll(value => lastUse[value] < i);
            var made = step.Result - firstValue;
            if (made < 0) continue;
            offsets[made] = FirstFit(live.Select(value => (offsets[value], offsets[value] + sizes[value])).Order(), sizes[made]);
            end = Math.Max(end, offsets[made] + sizes[made]);
            live.Add(made);
        }
        return ([.. offsets], end);
    }

    static long FirstFit(IEnumerable<(long Start, long End)> taken, long size)
    {
        var start = 0L;
        foreach (var hole in taken)
        {
            if (hole.Start - start >= size) return start;
            start = Math.Max(start, (hole.End + Alignment - 1) / Alignment * Alignment);
        }
        return start;
    }
}
