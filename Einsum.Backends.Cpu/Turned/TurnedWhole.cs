namespace EinsumNet.Backends.Cpu;

/// <summary><c>copies = transposed operands; the plan on the copies; out = transposed copy</c>, each on all threads.</summary>
sealed unsafe class TurnedWhole : CpuKernel
{
    readonly TurnedCopies _copies;
    readonly TurnedPart _part;

    internal TurnedWhole(TurnedShape shape, int simdBits) => (_copies, _part) = (new TurnedCopies(shape), new TurnedPart(shape, shape.Block, simdBits));

    internal override void Run(nint* addresses, CpuContext context)
    {
        var memory = NativePool.Rent(_copies.Bytes);
        try
        {
            _part.Run(addresses, (nint)memory.Address, _copies.Offsets, context);
        }
        finally
        {
            NativePool.Return(memory);
        }
    }
}
