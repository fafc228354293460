namespace EinsumNet.Backends.Cpu;

/// <summary>The kernels of a <see cref="SplitSum"/>, one after the other.</summary>
/// <param name="sum">The sum.</param>
/// <param name="parts">For whole stretches.</param>
/// <param name="rest">For the last one.</param>
/// <param name="total">For the sum over these.</param>
/// <param name="whole">Makes a kernel for the sum as it is, if there is one that can compute operands while it runs.</param>
sealed unsafe class SplitSumKernel(SplitSum sum, CpuKernel parts, CpuKernel? rest, CpuKernel total, Func<CpuKernel>? whole) : CpuKernel
{
    readonly int _partialBytes = sum.Parts.Result.Element.Size();

    /// <summary>How many bytes the rest begins behind the first elements of the operands and of the parts.</summary>
    readonly nint[] _restBytes = [.. sum.Parts.Operands.Append(sum.Parts.Result).Zip(sum.RestOffsets, (tensor, offset) => (nint)offset * tensor.Element.Size())];

    readonly Lazy<CpuKernel>? _whole = whole is null ? null : new(whole);

    internal override long[]? PartAxes => _whole?.Value.PartAxes;

    internal override OperandBlocks? BlocksOf(int operand) => _whole?.Value.BlocksOf(operand);

    /// <summary>What is computed in between would be so once for each stretch, or lie in memory.</summary>
    internal override void Run(nint* addresses, CpuContext context, KernelHooks hooks, nint* state) => _whole!.Value.Run(addresses, context, hooks, state);

    internal override void Run(nint* addresses, CpuContext context)
    {
        var partials = NativePool.Rent(sum.Partials * _partialBytes);
        try
        {
            var result = _restBytes.Length - 1;
            var moved = stackalloc nint[_restBytes.Length];
            for (var i = 0; i < result; i++) moved[i] = addresses[i];
            moved[result] = (nint)partials.Address;
            parts.Run(moved, context);
            if (rest is not null)
            {
                for (var i = 0; i <= result; i++) moved[i] += _restBytes[i];
                rest.Run(moved, context);
            }
            moved[0] = (nint)partials.Address;
            moved[1] = addresses[result];
            total.Run(moved, context);
        }
        finally
        {
            NativePool.Return(partials);
        }
    }
}
