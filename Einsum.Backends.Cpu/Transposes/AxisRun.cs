using System.Numerics;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// Elements that follow each other in a tensor of a copy, however short its axes are: all iterations of the loops next to memory there, and so many of one more.
/// </summary>
/// <param name="Whole">The loops all of whose iterations are in a run, next to memory first.</param>
/// <param name="Cut">The loop of which a run has <paramref name="Block"/> iterations.</param>
/// <param name="Block">How many; where it does not divide the loop, the last run begins within the one before.</param>
/// <param name="Length">Elements of a run.</param>
sealed record AxisRun(Loop[] Whole, Loop Cut, long Block, int Length)
{
    /// <summary>The longest run of at most so many elements, a multiple of a vector's where there is room; null where the tensor has no neighbours.</summary>
    /// <param name="plan">The copy.</param>
    /// <param name="tensor">0 for the operand, 1 for the result.</param>
    /// <param name="most">The most elements.</param>
    /// <param name="lanes">Elements of a vector.</param>
    /// <param name="others">Loops that a run does not go on in.</param>
    internal static AxisRun? Of(KernelPlan plan, int tensor, long most, int lanes, params ReadOnlySpan<Loop> others)
    {
        var whole = new List<Loop>();
        var length = 1L;
        while (Next(others) is { } loop)
        {
            if (length * loop.Extent > most)
            {
                var (block, vectors) = (Math.Max(most / length, 1), lanes / (long)BigInteger.GreatestCommonDivisor(length, lanes));
                if (block > vectors) block -= block % vectors;
                return new([.. whole], loop, block, (int)(length * block));
            }
            whole.Add(loop);
            length *= loop.Extent;
        }
        return whole is [.. var inner, var last] ? new([.. inner], last, last.Extent, (int)length) : null;

        Loop? Next(ReadOnlySpan<Loop> others)
        {
            foreach (var loop in plan.Loops)
                if (loop.Strides[tensor] == length && !whole.Contains(loop, ReferenceEqualityComparer.Instance) && !others.Contains(loop, ReferenceEqualityComparer.Instance)) return loop;
            return null;
        }
    }

    /// <summary>The loops of a run, next to memory first.</summary>
    internal Loop[] Loops => [.. Whole, Cut];

    /// <summary>How many times the elements are in runs: more than once where the last run along a loop begins within the one before.</summary>
    internal double Times => Math.Ceiling((double)Cut.Extent / Block) * Block / Cut.Extent;

    /// <summary>Whether all runs of the result begin and end with whole lines where the first does, but for those that begin within the one before.</summary>
    internal bool KeepsLines(KernelPlan plan)
    {
        var size = plan.Element.Size();
        return plan.Loops.All(loop =>
            Whole.Contains(loop, ReferenceEqualityComparer.Instance) || Lines.IsAligned((nint)(loop.ResultStride * (ReferenceEquals(loop, Cut) ? Block : 1) * size)));
    }

    /// <summary>Where the elements of a run lie in a tensor, in elements from the first.</summary>
    internal nint[] Offsets(int tensor)
    {
        var offsets = new nint[Length];
        var done = 1;
        foreach (var (stride, extent) in Whole.Select(loop => (loop.Strides[tensor], loop.Extent)).Append((Cut.Strides[tensor], Block)))
        {
            for (var i = 1; i < extent; i++)
                for (var j = 0; j < done; j++) offsets[i * done + j] = offsets[j] + (nint)(i * stride);
            done *= (int)extent;
        }
        return offsets;
    }
}
