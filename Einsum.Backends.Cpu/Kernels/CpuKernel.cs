namespace EinsumNet.Backends.Cpu;

/// <summary>A kernel plan made ready for the CPU; immutable and thread-safe.</summary>
abstract unsafe class CpuKernel
{
    /// <summary>Runs on the first elements of the operands and, last, of the result. The result's memory overlaps no operand's.</summary>
    internal abstract void Run(nint* addresses, CpuContext context);

    /// <summary>The sizes of the axes of the result, if the kernel makes it in parts that lie along them; null where it does not.</summary>
    internal virtual long[]? PartAxes => null;

    /// <summary>How the kernel asks for an operand block by block; null where it reads that in memory alone.</summary>
    internal virtual OperandBlocks? BlocksOf(int operand) => null;

    /// <summary>The same with what the caller computes in between; for kernels with what the hooks need, <see cref="PartAxes"/> and <see cref="BlocksOf"/>.</summary>
    internal virtual void Run(nint* addresses, CpuContext context, KernelHooks hooks, nint* state) => throw new InvalidOperationException("Nothing is computed within this kernel.");
}

/// <summary>How a kernel may run: at most so many threads, until cancelled.</summary>
sealed class CpuContext(int maxThreads, CancellationToken cancellation)
{
    internal int MaxThreads => maxThreads;

    internal CancellationToken Cancellation => cancellation;
}
