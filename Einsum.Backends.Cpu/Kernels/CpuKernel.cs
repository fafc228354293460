namespace EinsumNet.Backends.Cpu;

/// <summary>A kernel plan made ready for the CPU; immutable and thread-safe.</summary>
abstract unsafe class CpuKernel
{
    /// <summary>Runs on the first elements of the operands and, last, of the result. The result's memory overlaps no operand's.</summary>
    internal abstract void Run(nint* addresses, CpuContext context);
}

/// <summary>How a kernel may run: at most so many threads, until cancelled.</summary>
sealed class CpuContext(int maxThreads, CancellationToken cancellation)
{
    internal int MaxThreads => maxThreads;

    internal CancellationToken Cancellation => cancellation;
}
