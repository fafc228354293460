namespace EinsumNet.Backends.Cpu;

/// <summary>One kernel over the operands in their own order and the result: no workspace, and nothing kept of the program that it came from.</summary>
sealed unsafe class SingleExecutable(CpuKernel kernel, CpuContext context, bool isGeneral) : Executable
{
    internal override bool IsGeneral => isGeneral;

    /// <summary>See <see cref="CpuKernel.PartAxes"/>.</summary>
    internal long[]? PartAxes => kernel.PartAxes;

    /// <summary>See <see cref="CpuKernel.BlocksOf"/>.</summary>
    internal OperandBlocks? BlocksOf(int operand) => kernel.BlocksOf(operand);

    internal override void Run(ReadOnlySpan<nint> addresses)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        fixed (nint* first = addresses) kernel.Run(first, context);
    }

    /// <summary>The same with what the caller computes in between.</summary>
    internal void Run(nint* addresses, KernelHooks hooks, nint* state)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        kernel.Run(addresses, context, hooks, state);
    }
}
