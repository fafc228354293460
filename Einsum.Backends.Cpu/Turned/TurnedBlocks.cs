namespace EinsumNet.Backends.Cpu;

/// <summary><c>for blocks of a batch { copies = transposed operands; the plan on the copies; out = transposed copy }</c>, blocks shared by threads.</summary>
sealed unsafe class TurnedBlocks : RangeKernel
{
    /// <summary>The threads are busy with blocks.</summary>
    static readonly CpuContext s_alone = new(1, CancellationToken.None);

    readonly BlockedLoops _blocks;
    readonly int _tensors;
    readonly long _bytes;
    readonly nint[] _offsets;
    readonly Part _whole;
    readonly Part? _last;

    /// <summary>The kernels for blocks of one length; those of tensors that stay as they are, are null.</summary>
    sealed record Part(CpuKernel Inner, CpuKernel?[] Turns);

    internal TurnedBlocks(TurnedShape shape, int simdBits) : this(shape, new BlockedLoops(shape.Plan, [.. shape.Around, shape.Cut!], (shape.Cut, shape.Block)), simdBits) { }

    TurnedBlocks(TurnedShape shape, BlockedLoops blocks, int simdBits) : base(blocks.Count, shape.Plan.Iterations / blocks.Count)
    {
        (_blocks, _tensors) = (blocks, shape.Orders.Length);
        _offsets = new nint[_tensors];
        for (var tensor = 0; tensor < _tensors; tensor++)
        {
            if (shape.Orders[tensor] is null) continue;
            _offsets[tensor] = (nint)_bytes;
            // A line more than a power of two, so that the copies share no set of the cache.
            _bytes += (shape.Elements(tensor) * shape.Plan.Element.Size() / Lines.Bytes | 1) * Lines.Bytes + Lines.Bytes * 2;
        }
        _whole = Of(shape.Block);
        if (shape.Cut!.Extent % shape.Block is > 0 and var rest) _last = Of(rest);

        Part Of(long block) => new(
            KernelFamilies.CreateInPlace(shape.Inner(block), simdBits),
            [.. shape.Orders.Select((order, tensor) => order is null ? null : KernelFamilies.CreateInPlace(shape.Turn(tensor, block), simdBits))]);
    }

    protected override void Run(nint* addresses, long from, long to)
    {
        var copies = NativePool.Rent(_bytes);
        try
        {
            var position = stackalloc long[_blocks.PositionLength];
            var current = stackalloc nint[_tensors];
            new Span<nint>(addresses, _tensors).CopyTo(new(current, _tensors));
            _blocks.Seek(from, position, current);
            for (; from < to; from++, _blocks.Next(position, current)) Run(current, (nint)copies.Address, _blocks.Length(0, position) == _blocks.Block(0) ? _whole : _last!);
        }
        finally
        {
            NativePool.Return(copies);
        }
    }

    void Run(nint* addresses, nint copies, Part part)
    {
        nint* inner = stackalloc nint[_tensors], turn = stackalloc nint[2];
        var result = _tensors - 1;
        for (var tensor = 0; tensor < _tensors; tensor++)
        {
            inner[tensor] = part.Turns[tensor] is null ? addresses[tensor] : copies + _offsets[tensor];
            if (tensor == result || part.Turns[tensor] is not { } copy) continue;
            (turn[0], turn[1]) = (addresses[tensor], inner[tensor]);
            copy.Run(turn, s_alone);
        }
        part.Inner.Run(inner, s_alone);
        if (part.Turns[result] is not { } back) return;
        (turn[0], turn[1]) = (inner[result], addresses[result]);
        back.Run(turn, s_alone);
    }
}
