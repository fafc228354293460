namespace EinsumNet.Backends.Cpu;

/// <summary>The blocks of a <see cref="PartsShape"/> one after the other, each on all threads.</summary>
sealed unsafe class PartsKernel(PartsShape shape, int simdBits, Func<KernelPlan, CpuKernel> create) : CpuKernel
{
    readonly PartsBlocks _blocks = new(shape, simdBits, create);

    internal override void Run(nint* addresses, CpuContext context) => _blocks.Run(addresses, 0, _blocks.Count, context);
}

/// <summary>The blocks shared by threads.</summary>
sealed unsafe class SharedPartsKernel : RangeKernel
{
    /// <summary>The threads are busy with blocks.</summary>
    static readonly CpuContext s_alone = new(1, CancellationToken.None);

    readonly PartsBlocks _blocks;

    internal SharedPartsKernel(PartsShape shape, int simdBits, Func<KernelPlan, CpuKernel> create) : this(new PartsBlocks(shape, simdBits, create), shape.Plan.Iterations) { }

    SharedPartsKernel(PartsBlocks blocks, double iterations) : base(blocks.Count, iterations / blocks.Count) => _blocks = blocks;

    protected override void Run(nint* addresses, long from, long to) => _blocks.Run(addresses, from, to, s_alone);
}

/// <summary><c>for blocks of a loop { copy of an operand; the product of doubles }</c>, or the product first and the copy to the result.</summary>
sealed unsafe class PartsBlocks
{
    readonly BlockedLoops _blocks;
    readonly long _bytes;
    readonly PartsPart _whole;
    readonly PartsPart? _last;

    internal PartsBlocks(PartsShape shape, int simdBits, Func<KernelPlan, CpuKernel> create)
    {
        _blocks = new BlockedLoops(shape.Plan, shape.Cut is null ? shape.Around : [.. shape.Around, shape.Cut], (shape.Cut, shape.Block));
        _bytes = shape.Elements * sizeof(double);
        _whole = new PartsPart(shape, shape.Block, simdBits, create);
        if (shape.Cut is { } cut && cut.Extent % shape.Block is > 0 and var rest) _last = new PartsPart(shape, rest, simdBits, create);
    }

    internal long Count => _blocks.Count;

    internal void Run(nint* addresses, long from, long to, CpuContext context)
    {
        var memory = NativePool.Rent(_bytes);
        try
        {
            var position = stackalloc long[_blocks.PositionLength];
            var current = stackalloc nint[] { addresses[0], addresses[1], addresses[2] };
            _blocks.Seek(from, position, current);
            for (; from < to; from++, _blocks.Next(position, current))
            {
                context.Cancellation.ThrowIfCancellationRequested();
                var part = _last is null || _blocks.Length(0, position) == _blocks.Block(0) ? _whole : _last;
                part.Run(current, (nint)memory.Address, context);
            }
        }
        finally
        {
            NativePool.Return(memory);
        }
    }
}
