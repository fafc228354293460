namespace EinsumNet.Backends.Cpu;

/// <summary>
/// Orders the loops of a role. Two tensors have them; where their neighbours in memory lie along different loops, both loops are cut into blocks that
/// make a patch, so that each tensor is visited in whole cache lines while a patch is in the cache:
/// <code>d, e 320 (1, far), b, a 320 (far, 1)   --->   d, b, e 20 (16, far), a 10 (far, 32), e 16 (1, far), a 32 (far, 1)</code>
/// </summary>
static class Patches
{
    const int LineBytes = 64;

    /// <summary>Lines of the fast tensor that a patch has in a row, if they fit.</summary>
    const int RunLines = 10;

    /// <summary>And lines of the other tensor.</summary>
    const int OtherLines = 4;

    /// <param name="plan">The plan.</param>
    /// <param name="role">The role whose loops are ordered.</param>
    /// <param name="fast">The tensor whose smallest stride among them goes fastest.</param>
    /// <param name="other">The other tensor that has them.</param>
    /// <param name="least">Iterations of the fastest loop that a patch has at least.</param>
    /// <param name="most">Iterations that fit the cache; a patch grows so far.</param>
    internal static LoopGroup Of(KernelPlan plan, LoopRole role, int fast, int other, long least, long most)
    {
        var line = LineBytes / plan.Element.Size();
        // Far comes first, and where the fast tensor has no neighbours along a loop the other decides.
        Loop[] loops = [.. plan.LoopsOf(role).OrderByDescending(loop => Far(loop.Strides[fast])).ThenByDescending(loop => Far(loop.Strides[other]))];
        var operands = plan.Operands.Length + 1;
        if (loops.Length == 0) return new LoopGroup([], 0, operands);

        var sizes = new long[loops.Length];
        Array.Fill(sizes, 1);
        sizes[^1] = Math.Min(loops[^1].Extent, Math.Max(least, 1));
        foreach (var tensor in new[] { fast, other }) Widen(plan, loops, sizes, tensor, line);
        // A loop alone is in nobody's way.
        if (sizes.SkipLast(1).All(size => size == 1)) sizes[^1] = loops[^1].Extent;
        else Grow(loops, sizes, fast, line, most);
        return Arrange(loops, sizes, fast, other, operands);
    }

    /// <summary>Makes the patch hold what a cache line of the tensor holds.</summary>
    static void Widen(KernelPlan plan, Loop[] loops, long[] sizes, int tensor, int line)
    {
        for (var i = 0; i < loops.Length; i++)
        {
            var stride = loops[i].Strides[tensor];
            if (stride > 0 && stride < line) sizes[i] = Math.Max(sizes[i], Math.Min(loops[i].Extent, (line + stride - 1) / stride));
        }
    }

    /// <summary>
    /// Longer walks are kinder to pages, prefetchers and vectors: the patch takes a few lines that follow each other, of the other tensor and of the fast
    /// one, then of each of its loops all, or as many lines as fit.
    /// </summary>
    static void Grow(Loop[] loops, long[] sizes, int fast, int line, long most)
    {
        for (var i = 0; i < loops.Length - 1; i++)
            if (sizes[i] > 1) sizes[i] = Math.Max(sizes[i], Math.Min(Math.Min(loops[i].Extent, Fits(sizes, i, most)), OtherLines * line));

        var next = loops[^1].Strides[fast];
        for (var i = loops.Length - 1; i >= 0 && loops[i].Strides[fast] == next; next *= loops[i--].Extent)
            sizes[i] = Math.Max(sizes[i], Math.Min(Math.Min(loops[i].Extent, Fits(sizes, i, most)), (RunLines * line + next - 1) / Math.Max(next, 1)));

        for (var i = loops.Length - 1; i >= 0; i--)
        {
            if (sizes[i] == 1 && i < loops.Length - 1) continue;
            var fits = Fits(sizes, i, most);
            if (loops[i].Extent <= fits) sizes[i] = loops[i].Extent;
            else if (fits > sizes[i]) sizes[i] = Math.Max(sizes[i], fits / (2 * line) * (2 * line));
        }
    }

    /// <summary>How many iterations of one loop fit beside those of the others.</summary>
    static long Fits(long[] sizes, int loop, long most)
    {
        for (var i = 0; i < sizes.Length; i++)
            if (i != loop) most /= Math.Max(sizes[i], 1);
        return most;
    }

    static LoopGroup Arrange(Loop[] loops, long[] sizes, int fast, int other, int operands)
    {
        var pieces = new List<LoopPiece>();
        var inPatch = Enumerable.Range(0, loops.Length).Where(i => sizes[i] > 1 || i == loops.Length - 1).ToArray();
        pieces.AddRange(loops.Where((_, i) => !inPatch.Contains(i))
            .OrderByDescending(loop => Math.Min(Far(loop.Strides[fast]), Far(loop.Strides[other]))).Select(LoopPiece.Whole));
        var blocks = new int[loops.Length];
        foreach (var i in inPatch)
        {
            if (sizes[i] >= loops[i].Extent) continue;
            blocks[i] = pieces.Count;
            pieces.Add(LoopPiece.Blocks(loops[i], sizes[i]));
        }

        var patch = pieces.Count;
        foreach (var i in inPatch)
            pieces.Add(sizes[i] >= loops[i].Extent ? LoopPiece.Whole(loops[i]) : LoopPiece.Within(loops[i], sizes[i], blocks[i]));
        return new LoopGroup(pieces, patch, operands);
    }

    /// <summary>A stride of 0 brings no neighbour closer: it counts as the farthest.</summary>
    static long Far(long stride) => stride == 0 ? long.MaxValue : stride;
}
