using System.Collections.Immutable;

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

    /// <summary>Whether kernels compute in the arithmetic type on elements of either, and round once where they write the other one, so that a program needs no converting copies.</summary>
    internal virtual bool ComputesIn(ElementType arithmetic, ElementType element) => arithmetic == element;

    /// <summary>Which tensors of a step, its operands and last its result, had better be read and written as they are, where they are not of the arithmetic type, than as converted copies.</summary>
    /// <param name="plan">The step with all tensors as they are.</param>
    /// <param name="arithmetic">What is multiplied and summed.</param>
    /// <param name="specialise">Whether kernels may be compiled for these very sizes and strides.</param>
    internal virtual bool[] Unconverted(KernelPlan plan, ElementType arithmetic, bool specialise) => [.. Enumerable.Repeat(true, plan.Operands.Length + 1)];

    /// <summary>The device, of a backend that chooses between it and the host.</summary>
    internal virtual EinsumBackend? DeviceOfChoice => null;

    /// <summary>The form of the program that runs where operands and result are on the host, the backend that runs it, and why, where there is a choice.</summary>
    internal virtual (KernelProgram Program, EinsumBackend Backend, string? Why) Choose(KernelProgram program) => (program, this, null);

    /// <summary>How many columns a panel has that products read in place; 0 where the backend knows no panels.</summary>
    internal virtual int PanelWidth(ElementType element) => 0;

    /// <summary>Does tasks 0 to <paramref name="tasks"/> - 1, several at once.</summary>
    internal abstract void Share<TJob>(ref TJob job, int tasks, int maxThreads) where TJob : struct, IJob;

    /// <summary>A tensor in the backend's memory, its elements undefined; EIN0706 where the backend has none but the host's.</summary>
    internal virtual ResidentTensor<T> NewResident<T>(Shape shape) where T : unmanaged => throw GpuErrors.Resident($"the backend is {Name}, which has no memory of its own");

    /// <summary>The same for each of the shapes, of the results of a list: where it can be, one launch writes them all. None is left where there is no room for all of them (EIN0704).</summary>
    internal virtual ResidentTensor<T>[] NewResidents<T>(ReadOnlySpan<Shape> shapes) where T : unmanaged => throw GpuErrors.Resident($"the backend is {Name}, which has no memory of its own");

    /// <summary>A batch of runs whose results are in the backend's memory; EIN0706 where it has none but the host's.</summary>
    internal virtual ResidentBatch NewResidentBatch() => throw GpuErrors.Resident($"the backend is {Name}, which has no memory of its own");

    /// <summary>Whether lists may run as batches of this backend, which is asked for each list then.</summary>
    internal virtual bool HasBatches => false;

    /// <summary>A batch of runs of the members of a list, where the backend is a queue of its own; null where they are shared among threads.</summary>
    /// <param name="members">What runs them.</param>
    /// <param name="shared">Per operand the bytes of what all members read together and <see cref="ExecutionBatch.Upload"/> may copy as one, 0 where each has its own.</param>
    internal virtual ExecutionBatch? NewBatch(IEnumerable<Executable> members, ReadOnlySpan<long> shared) => null;

    /// <summary>Whether tensors of the given backend are operands and destinations here.</summary>
    internal virtual bool Takes(EinsumBackend owner) => ReferenceEquals(this, owner);

    /// <summary>Why the backend runs the members of a list where it does, where it has a choice.</summary>
    internal virtual string? Explain(IEnumerable<Executable> members, ReadOnlySpan<long> shared) => null;

    /// <summary>Measures the kernels that the program's steps could take, and keeps the fastest; how many steps now take another than before.</summary>
    internal virtual int Tune(KernelProgram program) => 0;

    /// <summary>The same for the one launch that members of a list share, and for those that run by themselves; how many of them now take another than before.</summary>
    /// <param name="members">The members.</param>
    /// <param name="others">What runs the same members where their operands lie elsewhere: these take what is measured.</param>
    internal virtual int Tune(IEnumerable<Executable> members, IEnumerable<Executable> others) => 0;

    /// <summary>What runs compiled functions, where that is a device with memory of its own; null where they run on the host.</summary>
    internal virtual FunctionDevice? FunctionDevice => null;

    /// <summary>The backend's choice between the host and a device for compiled functions, where it has one.</summary>
    internal virtual FunctionChoice? FunctionChoice => null;

    /// <summary>The name of the kernel that the backend runs the plan with, and why where that is not plain.</summary>
    internal abstract string Describe(KernelPlan plan);
}

/// <summary>A program ready to run; immutable and thread-safe.</summary>
abstract class Executable
{
    /// <summary>Whether a kernel compiled for these very sizes and strides may be faster than what takes them as arguments here.</summary>
    internal virtual bool IsGeneral => false;

    /// <summary>Runs on the first elements of the operands and of the result, in that order: the last address is written to.</summary>
    internal abstract void Run(ReadOnlySpan<nint> addresses);

    /// <summary>
    /// Starts the same where the backend is a queue of its own, and null where it is not. Operands may change once this returns; the result's memory is
    /// dense and stays where it is until the task completes.
    /// </summary>
    internal virtual Task? RunAsync(ReadOnlySpan<nint> addresses) => null;
}

/// <summary>How to run: at most so many threads, until cancelled.</summary>
/// <param name="MaxThreads">The most threads of one run.</param>
/// <param name="Cancellation">Ends a run between steps and blocks.</param>
/// <param name="Specialise">Whether kernels may be compiled for these very sizes and strides; otherwise they take them as arguments, and none is kept.</param>
/// <param name="IsMember">Whether the program is one of many of a list, which a backend may run as one.</param>
/// <param name="IsResident">Per operand and last the result, whether it lies in a device's memory; default where all are on the host.</param>
sealed record RunSettings(int MaxThreads, CancellationToken Cancellation, bool Specialise = true, ImmutableArray<bool> IsResident = default, bool IsMember = false)
{
    internal bool HasResident => !IsResident.IsDefault && IsResident.Contains(true);
}
