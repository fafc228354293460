namespace EinsumNet.Backends.Cpu;

/// <summary>
/// A block of a copy: so many iterations of several loops that both the operand and the result have long stretches in it, however short their axes
/// next to memory are, put together in memory that is in the order of the result.
/// </summary>
sealed class Stage
{
    /// <summary>A stretch of the result is written line after line, one of the operand is asked for while the block before is put together.</summary>
    const int ResultStretchBytes = 1 << 11, StretchBytes = 1 << 10;

    /// <summary>Where a block has so little room that stretches of the operand are shorter than two lines, those of the result are halved for their sake, down to these.</summary>
    const int LeastStretchBytes = 2 * Lines.Bytes, LeastResultStretchBytes = 1 << 9;

    /// <summary>The lines of two blocks of the operand and two stages share L2 with what else is in it: an eighth of it, and no more than this.</summary>
    const long MostBytes = 1 << 17;

    /// <param name="plan">The copy.</param>
    /// <param name="rectangle">Its rectangle, which has rows.</param>
    /// <param name="elementBytes">The size of an element.</param>
    /// <param name="side">The sides of rectangles are cut into multiples of so many.</param>
    /// <param name="caches">The machine's.</param>
    internal Stage(KernelPlan plan, Rectangle rectangle, int elementBytes, int side, CacheSizes caches)
    {
        var most = Math.Min(MostBytes, caches.L2 / 8) / elementBytes;
        var blocks = Grown(ResultStretchBytes, out var stretch);
        for (var bytes = ResultStretchBytes / 2; stretch < LeastStretchBytes && bytes >= LeastResultStretchBytes; bytes /= 2)
        {
            var others = Grown(bytes, out var longer);
            if (longer > stretch) (blocks, stretch) = (others, longer);
        }

        Loops = [rectangle.Rows!, rectangle.Columns, .. plan.Loops.Where(loop => blocks[loop] > 1 && !IsSide(loop)).OrderByDescending(loop => loop.Strides[0])];
        Blocks = [.. Loops.Select(loop => blocks[loop])];
        (Steps, IsStretch) = (new nint[Loops.Length], new bool[Loops.Length]);
        var (elements, next, line) = (1L, (long?)1, Lines.Bytes / elementBytes);
        foreach (var loop in plan.Loops.OrderBy(loop => loop.ResultStride))
        {
            // An odd number of lines, so that stretches do not all begin in the same sets of the cache.
            if (next is not null && loop.ResultStride != next) (next, elements) = (null, ((elements + line - 1) / line | 1) * line);
            if (Array.IndexOf(Loops, loop) is not (>= 0 and var place)) continue;
            (Steps[place], IsStretch[place]) = ((nint)elements, next is not null);
            elements *= Blocks[place];
            // Where it is cut, the result does not go on.
            if (next is not null) next = Blocks[place] == loop.Extent ? elements : -1;
        }
        Bytes = (elements * elementBytes + Lines.Bytes - 1) / Lines.Bytes * Lines.Bytes;

        bool IsSide(Loop loop) => ReferenceEquals(loop, rectangle.Rows) || ReferenceEquals(loop, rectangle.Columns);

        Dictionary<Loop, long> Grown(long resultBytes, out long stretchBytes)
        {
            var blocks = new Dictionary<Loop, long>(ReferenceEqualityComparer.Instance);
            foreach (var loop in plan.Loops) blocks[loop] = 1;
            var volume = 1L;
            Grow(loop => loop.ResultStride, resultBytes / elementBytes);
            stretchBytes = Grow(loop => loop.Strides[0], StretchBytes / elementBytes) * elementBytes;
            return blocks;

            long Grow(Func<Loop, long> stride, long wanted)
            {
                var run = 1L;
                foreach (var loop in plan.Loops.Where(loop => stride(loop) > 0).OrderBy(stride).ThenBy(loop => IsSide(loop) ? 0 : 1))
                {
                    if (stride(loop) != run || run >= wanted) break;
                    var room = Math.Max(1, most / (volume / blocks[loop]));
                    var block = Math.Min(MoveFactory.Balance(loop, Math.Min(room, (wanted + run - 1) / run), IsSide(loop) ? side : 1), loop.Extent);
                    volume = volume / blocks[loop] * Math.Max(block, blocks[loop]);
                    run *= blocks[loop] = Math.Max(block, blocks[loop]);
                    if (blocks[loop] < loop.Extent) break;
                }

                return run;
            }
        }
    }

    /// <summary>The loops of a block: rows and columns of its rectangles, then the others, the one in which the operand goes on close by last.</summary>
    internal Loop[] Loops { get; }

    /// <summary>How many iterations of each.</summary>
    internal long[] Blocks { get; }

    /// <summary>Elements from one to the next of each in the stage.</summary>
    internal nint[] Steps { get; }

    /// <summary>Those within a stretch of the result, which lies in the stage as it will lie there.</summary>
    internal bool[] IsStretch { get; }

    /// <summary>The size of the memory, in whole lines.</summary>
    internal long Bytes { get; }
}
