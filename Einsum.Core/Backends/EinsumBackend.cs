namespace EinsumNet;

/// <summary>What runs lowered programs: the CPU, or a GPU. One backend serves any number of engines and threads.</summary>
public abstract class EinsumBackend
{
    internal EinsumBackend() { }

    /// <summary>The backend's name, as plans print it.</summary>
    public abstract string Name { get; }

    /// <summary>How many kernels were compiled, found and dropped.</summary>
    internal abstract CacheStatistics KernelStatistics { get; }

    /// <summary>Makes the program ready to run; kernels come from the backend's cache.</summary>
    internal abstract Executable Load(KernelProgram program, RunSettings settings);

    /// <summary>The name of the kernel that the backend runs the plan with, and why where that is not plain.</summary>
    internal abstract string Describe(KernelPlan plan);
}

/// <summary>A program ready to run; immutable and thread-safe.</summary>
abstract class Executable
{
    /// <summary>Runs on the first elements of the operands and of the result, in that order: the last address is written to.</summary>
    internal abstract void Run(ReadOnlySpan<nint> addresses);
}

/// <summary>How to run: at most so many threads, until cancelled.</summary>
sealed record RunSettings(int MaxThreads, CancellationToken Cancellation);
