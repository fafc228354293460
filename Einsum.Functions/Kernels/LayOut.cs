using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>Where intermediates lie in the workspace, first fit: each from the step that writes it to the last that reads it.</summary>
static class LayOut
{
    const long Alignment = 64;

    internal static (ImmutableArray<long> Offsets, long Bytes) Run(ImmutableArray<PlannedStep> steps, Buffers buffers)
    {
        var (first, last) = (new Dictionary<int, int>(), new Dictionary<int, int>());
        foreach (var (i, step) in steps.Index())
        {
            foreach (var buffer in step.Writes.Concat(step.Reads))
            {
                first.TryAdd(buffer, i);
                last[buffer] = i;
            }
        }
        var offsets = new long[buffers.Count - buffers.FirstLocal];
        var placed = new List<int>();
        var bytes = 0L;
        foreach (var buffer in first.Keys.Where(buffer => buffer >= buffers.FirstLocal).OrderBy(buffer => first[buffer]))
        {
            var size = (buffers.BytesOf(buffer) + Alignment - 1) / Alignment * Alignment;
            var offset = 0L;
            foreach (var other in placed.Where(other => last[other] >= first[buffer]).OrderBy(other => offsets[other - buffers.FirstLocal]))
            {
                var start = offsets[other - buffers.FirstLocal];
                if (start - offset >= size) break;
                offset = Math.Max(offset, start + (buffers.BytesOf(other) + Alignment - 1) / Alignment * Alignment);
            }
            offsets[buffer - buffers.FirstLocal] = offset;
            placed.Add(buffer);
            bytes = Math.Max(bytes, offset + size);
        }
        return ([.. offsets], bytes);
    }
}
