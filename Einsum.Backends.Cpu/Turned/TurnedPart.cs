namespace EinsumNet.Backends.Cpu;

/// <summary>Where copies lie in the memory that is rented for them.</summary>
sealed class TurnedCopies
{
    internal TurnedCopies(TurnedShape shape)
    {
        Offsets = new nint[shape.Orders.Length];
        for (var tensor = 0; tensor < Offsets.Length; tensor++)
        {
            if (shape.Orders[tensor] is null) continue;
            Offsets[tensor] = (nint)Bytes;
            // An odd number of lines, so that copies do not all begin in the same set of the cache.
            Bytes += ((shape.Elements(tensor) * shape.Plan.Element.Size() + Lines.Bytes - 1) / Lines.Bytes + 1 | 1) * Lines.Bytes;
        }
    }

    /// <summary>Bytes of all copies.</summary>
    internal long Bytes { get; }

    internal nint[] Offsets { get; }
}

/// <summary>The kernels for blocks of one length: the copies of operands, the plan on the copies, and the copy to the result.</summary>
sealed unsafe class TurnedPart
{
    readonly CpuKernel _inner;
    readonly CpuKernel?[] _turns;

    internal TurnedPart(TurnedShape shape, long block, int simdBits)
    {
        _inner = KernelFamilies.CreateInPlace(shape.Inner(block), simdBits);
        _turns = [.. shape.Orders.Select((order, tensor) => order is null ? null : KernelFamilies.CreateInPlace(shape.Turn(tensor, block), simdBits))];
    }

    internal void Run(nint* addresses, nint copies, nint[] offsets, CpuContext context)
    {
        nint* inner = stackalloc nint[_turns.Length], turn = stackalloc nint[2];
        var result = _turns.Length - 1;
        for (var tensor = 0; tensor < _turns.Length; tensor++)
        {
            inner[tensor] = _turns[tensor] is null ? addresses[tensor] : copies + offsets[tensor];
            if (tensor == result || _turns[tensor] is not { } copy) continue;
            (turn[0], turn[1]) = (addresses[tensor], inner[tensor]);
            copy.Run(turn, context);
        }
        _inner.Run(inner, context);
        if (_turns[result] is not { } back) return;
        (turn[0], turn[1]) = (inner[result], addresses[result]);
        back.Run(turn, context);
    }
}
