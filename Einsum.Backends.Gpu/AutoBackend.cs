namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Runs each program where it is estimated to be done first, copies to and from the device counted: <c>new AutoBackend(CpuBackend.Default, GpuBackend.Default)</c>. Where an
/// operand or the destination is a device tensor, the device runs it. Plans say what was chosen, and why.
/// </summary>
public sealed class AutoBackend : EinsumBackend
{
    readonly EinsumBackend _host;
    readonly GpuBackend _device;

    /// <summary>A choice between a backend that runs on the host and one of a device.</summary>
    public AutoBackend(EinsumBackend host, GpuBackend device)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(device);
        (_host, _device) = (host, device);
    }

    /// <summary><c>auto (cpu, gpu NVIDIA H200)</c></summary>
    public override string Name => $"auto ({_host.Name}, {_device.Name})";

    internal override CacheStatistics KernelStatistics
    {
        get
        {
            var (host, device) = (_host.KernelStatistics, _device.KernelStatistics);
            return new(host.Hits + device.Hits, host.Misses + device.Misses, host.Evictions + device.Evictions, host.Count + device.Count);
        }
    }

    internal override Executable Load(KernelProgram program, RunSettings settings) =>
        settings.HasResident || Estimate(program).IsDevice ? _device.Load(program, settings) : _host.Load(program, settings);

    internal override void Share<TJob>(ref TJob job, int tasks, int maxThreads) => _host.Share(ref job, tasks, maxThreads);

    internal override ResidentTensor<T> NewResident<T>(Shape shape) => _device.NewResident<T>(shape);

    internal override bool Takes(EinsumBackend owner) => ReferenceEquals(owner, this) || ReferenceEquals(owner, _device);

    internal override string Explain(KernelProgram program) => Estimate(program).ToString();

    internal override int Tune(KernelProgram program) => _device.Tune(program);

    internal override string Describe(KernelPlan plan) => $"{_host.Describe(plan)} or {_device.Describe(plan)}";

    RunEstimate Estimate(KernelProgram program) => RunEstimate.Of(program, _device.Session.Runtime.Limits);
}
