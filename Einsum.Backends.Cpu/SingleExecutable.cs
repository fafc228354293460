namespace EinsumNet.Backends.Cpu;

/// <summary>One kernel over the operands in their own order and the result: no workspace, and nothing kept of the program that it came from.</summary>
sealed unsafe class SingleExecutable(CpuKernel kernel, CpuContext context, bool isGeneral) : Executable
{
    internal override bool IsGeneral => isGeneral;

    internal override void Run(ReadOnlySpan<nint> addresses)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        fixed (nint* first = addresses) kernel.Run(first, context);
    }
}
