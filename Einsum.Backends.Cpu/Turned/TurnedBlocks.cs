namespace EinsumNet.Backends.Cpu;

/// <summary><c>for blocks of a loop { copies = transposed operands; the plan on the copies; out = transposed copy }</c>, blocks shared by threads.</summary>
sealed unsafe class TurnedBlocks : RangeKernel
{
    /// <summary>The threads are busy with blocks.</summary>
    static readonly CpuContext s_alone = new(1, CancellationToken.None);

    readonly BlockedLoops _blocks;
    readonly TurnedCopies _copies;
    readonly TurnedPart _whole;
    readonly TurnedPart? _last;

    internal TurnedBlocks(TurnedShape shape, int simdBits) : this(shape, new BlockedLoops(shape.Plan, [.. shape.Around, shape.Cut!], (shape.Cut, shape.Block)), simdBits) { }

    TurnedBlocks(TurnedShape shape, BlockedLoops blocks, int simdBits) : base(blocks.Count, shape.Plan.Iterations / blocks.Count)
    {
        (_blocks, _copies) = (blocks, new TurnedCopies(shape));
        _whole = new TurnedPart(shape, shape.Block, simdBits);
        if (shape.Cut!.Extent % shape.Block is > 0 and var rest) _last = new TurnedPart(shape, rest, simdBits);
    }

    protected override void Run(nint* addresses, long from, long to)
    {
        var memory = NativePool.Rent(_copies.Bytes);
        try
        {
            var tensors = _copies.Offsets.Length;
            var position = stackalloc long[_blocks.PositionLength];
            var current = stackalloc nint[tensors];
            new Span<nint>(addresses, tensors).CopyTo(new(current, tensors));
            _blocks.Seek(from, position, current);
            for (; from < to; from++, _blocks.Next(position, current))
            {
                var part = _blocks.Length(0, position) == _blocks.Block(0) ? _whole : _last!;
                part.Run(current, (nint)memory.Address, _copies.Offsets, s_alone);
            }
        }
        finally
        {
            NativePool.Return(memory);
        }
    }
}
