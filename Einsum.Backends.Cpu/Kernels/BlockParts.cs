namespace EinsumNet.Backends.Cpu;

/// <summary>Which parts of operands and result the blocks of a <see cref="BlockKernel"/> have, where it has one loop of blocks alone, or one block of everything.</summary>
sealed unsafe class BlockParts
{
    /// <summary>A sixteenth of most machines' L2: what some blocks read and write is near when the next step begins.</summary>
    const long MostBytes = 64 << 10;

    const int LineBytes = 64, MostAxes = 16;

    readonly int _blockedInOperands, _blockedInResult;

    /// <summary>For each operand and last the result: bytes that a block touches, and of one entry of the first axis.</summary>
    readonly long[] _bytes, _entryBytes;

    internal BlockParts(KernelPlan plan, Loop? blocked, long block)
    {
        var count = plan.Operands.Length;
        _blockedInOperands = blocked is null ? -1 : 0;
        Operands = [.. Enumerable.Range(0, count).Select(operand => Axes(plan, operand) is [var first, ..] axes && (blocked is null || ReferenceEquals(first, blocked)) ? Blocks(axes, operand) : null)];
        if (Axes(plan, count) is { } result && Array.IndexOf(result, blocked) is var place && (place >= 0 || blocked is null))
        {
            ResultAxes = [.. result.Select(loop => loop.Extent)];
            _blockedInResult = place;
        }
        _bytes = [.. Enumerable.Range(0, count + 1).Select(operand => plan.Loops.Where(loop => loop.Strides[operand] != 0)
            .Aggregate((long)SizeOf(plan, operand), (product, loop) => product * (ReferenceEquals(loop, blocked) ? block : loop.Extent)))];
        _entryBytes = [.. Enumerable.Range(0, count + 1).Select(operand => blocked is null ? 0 : blocked.Strides[operand] * SizeOf(plan, operand))];
    }

    /// <summary>For each operand of which a block has neighbouring entries of the first axis, how they are asked for; null for others.</summary>
    internal OperandBlocks?[] Operands { get; }

    /// <summary>The sizes of the result's axes; null where blocks are no part of it along them.</summary>
    internal long[]? ResultAxes { get; }

    /// <summary>The loops of an operand, or of the result, outermost first; null where it has gaps.</summary>
    static Loop[]? Axes(KernelPlan plan, int operand) => DenseLoops.Of(plan.Loops.Where(loop => loop.Strides[operand] != 0), operand) is { Length: > 0 and <= MostAxes } loops ? loops : null;

    static int SizeOf(KernelPlan plan, int operand) => (operand < plan.Operands.Length ? plan.Operands[operand] : plan.Result).Element.Size();

    static OperandBlocks Blocks(Loop[] axes, int operand) => new([.. axes.Select(loop => loop.Extent)], [.. axes.Select(loop => loop.Strides[operand])]);

    /// <summary>How many blocks are run at a time.</summary>
    internal long BlocksAtOnce(KernelHooks hooks)
    {
        var bytes = hooks.Done is null ? 0 : _bytes[^1];
        for (var operand = 0; operand < Operands.Length; operand++)
            if (hooks.Sources[operand].Write is not null) bytes += _bytes[operand];
        return Math.Max(1, MostBytes / Math.Max(1, bytes));
    }

    /// <summary>Lays out the memory of computed operands from <paramref name="start"/>: how many bytes it takes, and, if asked for, where each lies; 0 for an operand in memory.</summary>
    internal nint Lay(KernelHooks hooks, byte* start, nint* memory = null)
    {
        var next = start;
        var some = BlocksAtOnce(hooks);
        for (var operand = 0; operand <= Operands.Length; operand++)
        {
            var isComputed = operand < Operands.Length && hooks.Sources[operand].Write is not null;
            if (memory is not null) memory[operand] = isComputed ? (nint)next : 0;
            if (isComputed) next += (some * _bytes[operand] + LineBytes - 1) / LineBytes * LineBytes;
        }
        return (nint)(next - start);
    }

    /// <summary>Asks for the entries of some blocks, to lie at the place.</summary>
    internal void Ask(BlockWanted write, int operand, nint* state, long first, long last, nint place)
    {
        var bounds = stackalloc long[2 * MostAxes];
        Bound(Operands[operand]!.Axes, _blockedInOperands, first, last, bounds);
        write(state, bounds, place - (nint)(first * _entryBytes[operand]));
    }

    /// <summary>Says that some blocks of the result are done.</summary>
    internal void Tell(PartDone done, nint* state, long first, long last)
    {
        var bounds = stackalloc long[2 * MostAxes];
        Bound(ResultAxes!, _blockedInResult, first, last, bounds);
        done(state, bounds);
    }

    static void Bound(long[] axes, int blocked, long first, long last, long* bounds)
    {
        for (var axis = 0; axis < axes.Length; axis++)
        {
            bounds[2 * axis] = axis == blocked ? first : 0;
            bounds[2 * axis + 1] = axis == blocked ? last : axes[axis];
        }
    }
}
