namespace EinsumNet.Backends.Cpu;

/// <summary>A kernel plan made ready for the CPU; immutable and thread-safe.</summary>
abstract unsafe class CpuKernel
{
    /// <summary>Runs on the first elements of the operands and, last, of the result. The result's memory overlaps no operand's.</summary>
    internal abstract void Run(nint* addresses, CpuContext context);

    /// <summary>The sizes of the axes of the result, if the kernel makes it in parts that lie along them; null where it does not.</summary>
    internal virtual long[]? PartAxes => null;

    /// <summary>The same for a kernel with <see cref="PartAxes"/>, which tells of each part that is done on the thread that made it.</summary>
    internal virtual void Run(nint* addresses, CpuContext context, PartDone done, nint* state) => throw new InvalidOperationException("This kernel makes no parts.");
}

/// <summary>Told of a part of a result that is done: from and to for each of its axes.</summary>
unsafe delegate void PartDone(nint* state, long* bounds);

/// <summary>How a kernel may run: at most so many threads, until cancelled.</summary>
sealed class CpuContext(int maxThreads, CancellationToken cancellation)
{
    internal int MaxThreads => maxThreads;

    internal CancellationToken Cancellation => cancellation;
}
