namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Runs each program, each list of them as one, and each compiled function as a whole where it is estimated to be done first, copies to and from the device counted:
/// <c>new AutoBackend(CpuBackend.Default, GpuBackend.Default)</c>. Where an operand or the destination is a device tensor, the device runs it. Plans say what was chosen, and why.
/// </summary>
public sealed class AutoBackend : EinsumBackend
{
    readonly EinsumBackend _host;
    readonly GpuBackend _device;
    readonly Lock _measuring = new();
    readonly Functions? _functions;
    HostRates _hostRates = HostRates.Typical;

    /// <summary>A choice between a backend that runs on the host and one of a device.</summary>
    public AutoBackend(EinsumBackend host, GpuBackend device)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(device);
        (_host, _device) = (host, device);
        _functions = host.FunctionDevice is null ? new Functions(this) : null;
    }

    /// <summary><c>auto (cpu, gpu NVIDIA H200)</c></summary>
    public override string Name => $"auto ({_host.Name}, {_device.Name})";

    /// <summary>
    /// Measures how fast the host and the device multiply, add and copy, which takes some tenths of a second, and estimates by that from now on. The device's figures are kept
    /// beside its kernels on disk, and are found there by later processes; the host's are not. Plans made before keep their backend.
    /// </summary>
    /// <exception cref="EinsumException">The device has no room (EIN0704) or fails.</exception>
    public void Measure()
    {
        using var lease = _device.Session.Enter();
        var meter = new RateMeter(_device.Session);
        var (host, device) = (meter.Host(_host), meter.Device());
        lock (_measuring) _hostRates = host;
        _device.Session.Rates.Keep(device);
    }

    internal override CacheStatistics KernelStatistics
    {
        get
        {
            var (host, device) = (_host.KernelStatistics, _device.KernelStatistics);
            return new(host.Hits + device.Hits, host.Misses + device.Misses, host.Evictions + device.Evictions, host.Count + device.Count);
        }
    }

    internal override Executable Load(KernelProgram program, RunSettings settings) =>
        settings.HasResident ? _device.Load(program, settings)
        : settings.IsMember ? new AutoExecutable(_host, _device, program, settings)
        : Estimate([program]).IsDevice ? _device.Load(program, settings) : _host.Load(program, settings);

    internal override bool HasBatches => true;

    internal override ExecutionBatch? NewBatch(IEnumerable<Executable> members)
    {
        var all = members.ToArray();
        // A member with a tensor on the device is the device's already, and all are then.
        return all.Any(member => member is not AutoExecutable) || Estimate(Programs(all)).IsDevice ? new AutoExecutable.Batch(_device.NewBatch(all)) : null;
    }

    internal override void Share<TJob>(ref TJob job, int tasks, int maxThreads) => _host.Share(ref job, tasks, maxThreads);

    internal override ResidentTensor<T> NewResident<T>(Shape shape) => _device.NewResident<T>(shape);

    internal override bool Takes(EinsumBackend owner) => ReferenceEquals(owner, this) || ReferenceEquals(owner, _device);

    internal override string Explain(KernelProgram program) => Estimate([program]).ToString();

    internal override string? Explain(IEnumerable<Executable> members)
    {
        var all = members.ToArray();
        return all.Any(member => member is not AutoExecutable) ? "gpu: a member has a tensor there" : Estimate(Programs(all)).ToString();
    }

    /// <summary>None where the other backend is a device, too: functions run on the host then.</summary>
    internal override FunctionChoice? FunctionChoice => _functions;

    internal override int Tune(KernelProgram program) => _device.Tune(program);

    internal override string Describe(KernelPlan plan) => $"{_host.Describe(plan)} or {_device.Describe(plan)}";

    static KernelProgram[] Programs(Executable[] members) => [.. members.Cast<AutoExecutable>().Select(member => member.Program)];

    HostRates HostRates
    {
        get
        {
            lock (_measuring) return _hostRates;
        }
    }

    RunEstimate Estimate(IReadOnlyCollection<KernelProgram> programs)
    {
        var estimate = RunEstimate.Of(programs, HostRates, _device.Session.Rates.Rates);
        return programs.All(program => LaunchPlan.CanRun(_device.Session.Runtime.Limits, program)) ? estimate : estimate with { Device = double.PositiveInfinity };
    }

    /// <summary>The choice for compiled functions, by the same rates.</summary>
    sealed class Functions(AutoBackend backend) : FunctionChoice(backend._host, backend._device)
    {
        internal override (bool IsDevice, string Why) Decide(FunctionWork work)
        {
            var session = backend._device.Session;
            var estimate = RunEstimate.Of(work, backend.HostRates, session.Rates.Rates);
            if (!session.Runtime.Limits.HasDouble && work.Steps.Any(step => step.Step.HasDouble)) estimate = estimate with { Device = double.PositiveInfinity };
            return (estimate.IsDevice, estimate.ToString());
        }
    }
}
