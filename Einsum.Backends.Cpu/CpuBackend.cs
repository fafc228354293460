namespace EinsumNet.Backends.Cpu;

/// <summary>Runs einsums on the CPU with the machine's widest vectors and any number of threads.</summary>
public sealed class CpuBackend : EinsumBackend
{
    const int KernelCapacity = 4096;

    readonly BoundedCache<KernelPlan, CpuKernel> _kernels = new(KernelCapacity);

    /// <summary>The backend that engines share unless they are given another.</summary>
    public static CpuBackend Default { get; } = new();

    /// <summary><c>cpu</c></summary>
    public override string Name => "cpu";

    internal override CacheStatistics KernelStatistics => _kernels.Statistics;

    internal override Executable Load(KernelProgram program, RunSettings settings) => settings.HasResident
        ? throw GpuErrors.Resident("the backend is cpu, which reads and writes host memory only; ToHost() copies it")
        : new CpuExecutable(
            program, [.. program.Steps.Select(step => settings.Specialise ? Kernel(step.Plan) : KernelFamilies.ForAnySizes(step.Plan).Create(step.Plan, SimdWidth.Bits))],
            new CpuContext(settings.MaxThreads, settings.Cancellation));

    internal override void Share<TJob>(ref TJob job, int tasks, int maxThreads) => WorkerPool.Shared.Run(ref job, tasks, maxThreads);

    internal override string Describe(KernelPlan plan) => KernelFamilies.For(plan).Name;

    internal CpuKernel Kernel(KernelPlan plan) => _kernels.GetOrAdd(plan, 0, (plan, _) => KernelFamilies.For(plan).Create(plan, SimdWidth.Bits));
}
