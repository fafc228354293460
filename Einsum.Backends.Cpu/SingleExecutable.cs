namespace EinsumNet.Backends.Cpu;

/// <summary>One kernel over the operands in their own order and the result: no workspace, and nothing kept of the program that it came from.</summary>
sealed unsafe class SingleExecutable(CpuKernel kernel, CpuContext context, bool isGeneral) : Executable
{
    internal override bool IsGeneral => isGeneral;

    /// <summary>See <see cref="CpuKernel.PartAxes"/>.</summary>
    internal long[]? PartAxes => kernel.PartAxes;

    internal override void Run(ReadOnlySpan<nint> addresses)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        fixed (nint* first = addresses) kernel.Run(first, context);
    }

    /// <summary>The same, and tells of each part of the result that is done, where there are <see cref="PartAxes"/>.</summary>
    internal void Run(nint* addresses, PartDone done, nint* state)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        kernel.Run(addresses, context, done, state);
    }
}
