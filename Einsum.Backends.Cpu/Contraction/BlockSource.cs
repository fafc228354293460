using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// How blocks of an operand that is computed come to be: a few panels' entries at a time, in memory that stays in L2 until they are packed.
/// </summary>
/// <param name="Blocks">What the caller knows of it.</param>
/// <param name="EntryStride">Elements between entries: rows of x or columns of y.</param>
/// <param name="DepthStride">Elements between steps of the depth.</param>
/// <param name="Panels">Panels at a time.</param>
/// <param name="Elements">Elements that these have.</param>
sealed record ComputedLayout(OperandBlocks Blocks, nint EntryStride, nint DepthStride, int Panels, long Elements)
{
    /// <summary>A quarter of most machines' L2.</summary>
    const int MostBytes = 256 << 10;

    const int LineBytes = 64;

    internal bool HasBatch => Blocks.Axes.Length == 3;

    /// <summary>The layout of an operand without gaps whose axes are a loop of the kernel each; null for others.</summary>
    /// <param name="plan">The contraction.</param>
    /// <param name="operand">Which operand.</param>
    /// <param name="entries">The role of its free loop.</param>
    /// <param name="width">Entries of a panel.</param>
    /// <param name="depth">The most steps of the depth that are packed at once.</param>
    internal static ComputedLayout? For(KernelPlan plan, int operand, LoopRole entries, int width, int depth)
    {
        if (DenseLoops.Of(plan.Loops.Where(loop => loop.Role == LoopRole.Batch || loop.Role == LoopRole.Contracted || loop.Role == entries), operand) is not { } loops) return null;
        if (loops.DistinctBy(loop => loop.Role).Count() != loops.Length || loops.Length < 2 || loops.Count(loop => loop.Role == LoopRole.Batch) != loops.Length - 2) return null;
        if (loops.Length == 3 && loops[0].Role != LoopRole.Batch) return null;
        var (element, isAlongDepth) = (plan.Element.Size(), loops[^1].Role == LoopRole.Contracted);
        var panels = Math.Max(1, MostBytes / (depth * width * element));
        // A line more than a row, so that rows share no set of the cache.
        var stride = (isAlongDepth ? depth : panels * width) + LineBytes / element;
        return new ComputedLayout(
            new OperandBlocks([.. loops.Select(loop => loop.Extent)], [.. new long[loops.Length - 2], stride, 1]),
            isAlongDepth ? stride : 1, isAlongDepth ? 1 : stride, panels, (long)stride * (isAlongDepth ? panels * width : depth));
    }
}

/// <summary>Where one task's blocks of an operand come from: its memory, for default, or who computes them.</summary>
readonly unsafe struct BlockSource<T>(ComputedLayout layout, BlockWanted write, nint* state, T* memory) where T : unmanaged
{
    internal bool IsMemory => write is null;

    /// <summary>Writes the offsets of entries, rows of x or columns of y: within the operand, or within a block of it.</summary>
    internal void Entries(LoopGroup loops, int operand, long start, int count, nint* offsets) => Offsets(loops, operand, start, count, IsMemory ? 0 : layout.EntryStride, offsets);

    /// <summary>Writes the offsets of steps of the depth.</summary>
    internal void Depth(LoopGroup loops, int operand, long start, int count, nint* offsets) => Offsets(loops, operand, start, count, IsMemory ? 0 : layout.DepthStride, offsets);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Offsets(LoopGroup loops, int operand, long start, int count, nint stride, nint* offsets)
    {
        if (IsMemory) loops.Offsets(operand, start, count, offsets);
        else
            for (var i = 0; i < count; i++) offsets[i] = i * stride;
    }

    /// <summary>Computes and packs panels, some at a time; their first entry is the operand's numbered so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Pack(long batch, long first, nint* entries, PanelShape* shapes, int count, long start, nint* steps, int depth, T* block, Panel<T>* panels)
    {
        var bounds = stackalloc long[6] { batch, batch + 1, 0, 0, 0, 0 };
        var isAlongDepth = layout.DepthStride == 1;
        long* entryBounds = bounds + (isAlongDepth ? 2 : 4), depthBounds = bounds + (isAlongDepth ? 4 : 2);
        depthBounds[0] = start;
        depthBounds[1] = start + depth;
        for (var panel = 0; panel < count; panel += layout.Panels)
        {
            var some = Math.Min(layout.Panels, count - panel);
            var (begin, last) = (shapes[panel].First, shapes[panel + some - 1]);
            entryBounds[0] = first + begin;
            entryBounds[1] = first + last.First + last.Count;
            var origin = memory - ((nint)entryBounds[0] * layout.EntryStride + (nint)start * layout.DepthStride);
            write(state, layout.HasBatch ? bounds : bounds + 2, (nint)origin);
            Panels<T>.OfComputed(entries, shapes + panel, some, steps, depth, memory - begin * layout.EntryStride, ref block, panels + panel);
        }
    }
}
