namespace EinsumNet.Backends.Cpu;

/// <summary><c>copy = the plan in another order of its result; out = transposed copy</c>.</summary>
sealed unsafe class TurnedResult : CpuKernel
{
    readonly CpuKernel _inner, _turn;
    readonly int _result;
    readonly long _bytes;

    internal TurnedResult(TurnedShape shape, int simdBits)
    {
        _result = shape.Plan.Operands.Length;
        _inner = KernelFamilies.CreateInPlace(shape.Inner(shape.Block), simdBits);
        _turn = KernelFamilies.CreateInPlace(shape.Turn(_result, shape.Block), simdBits);
        _bytes = shape.Elements(_result) * shape.Plan.Element.Size();
    }

    internal override void Run(nint* addresses, CpuContext context)
    {
        var copy = NativePool.Rent(_bytes);
        try
        {
            var inner = stackalloc nint[_result + 1];
            new Span<nint>(addresses, _result).CopyTo(new(inner, _result));
            inner[_result] = (nint)copy.Address;
            _inner.Run(inner, context);
            var turn = stackalloc nint[] { (nint)copy.Address, addresses[_result] };
            _turn.Run(turn, context);
        }
        finally
        {
            NativePool.Return(copy);
        }
    }
}
