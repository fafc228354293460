using EinsumNet.Backends.Cpu;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Runs each program, each list of them as one, and each compiled function as a whole where it is estimated to be done first, copies to and from the device counted:
/// <c>new EinsumEngine(new EinsumOptions { Backend = AutoBackend.Default })</c>. Where an operand or the destination is a device tensor, the device runs it. Plans say what was chosen, and why.
/// </summary>
public sealed class AutoBackend : EinsumBackend
{
    static readonly Lazy<AutoBackend> s_default = new(() => Choose(GpuDevice.All, GpuDevice.Missing, static () => GpuBackend.Default));

    readonly EinsumBackend _host;
    readonly GpuBackend? _device;
    readonly Lock _measuring = new();
    readonly FunctionChoice? _functions;

    /// <summary>Why there is no device.</summary>
    readonly string? _alone;

    HostRates _hostRates = HostRates.Typical;

    /// <summary>A choice between a backend that runs on the host and one of a device.</summary>
    public AutoBackend(EinsumBackend host, GpuBackend device)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(device);
        (_host, _device) = (host, device);
        _functions = host.FunctionDevice is null ? new Functions(this, device) : null;
    }

    AutoBackend(string why)
    {
        (_host, _alone) = (CpuBackend.Default, $"cpu: there is no GPU: {why}");
        _functions = new OnHost(_host, _alone);
    }

    /// <summary>
    /// The choice between <see cref="CpuBackend.Default"/> and <see cref="GpuBackend.Default"/>, shared by all who ask for it; where there is no GPU, or only the host's own processor as a device,
    /// the CPU alone, and plans say so.
    /// </summary>
    /// <exception cref="EinsumException">There is a GPU, and it cannot be opened (EIN0702).</exception>
    public static AutoBackend Default => s_default.Value;

    /// <param name="devices">The best first, processors last.</param>
    /// <param name="missing">Which runtimes are missing, and why.</param>
    /// <param name="open">A backend on the first device.</param>
    internal static AutoBackend Choose(IReadOnlyList<GpuDevice> devices, IReadOnlyList<string> missing, Func<GpuBackend> open) => devices is [{ IsProcessor: false }, ..]
        ? new AutoBackend(CpuBackend.Default, open())
        : new AutoBackend(string.Join("; ", missing.Concat(devices.Select(device => $"{device.Name} is the host's own processor"))));

    /// <summary><c>auto (cpu, gpu NVIDIA H200)</c>, or <c>auto (cpu)</c></summary>
    public override string Name => _device is null ? $"auto ({_host.Name})" : $"auto ({_host.Name}, {_device.Name})";

    /// <summary>
    /// Measures how fast the host and the device multiply, add and copy, which takes some tenths of a second, and estimates by that from now on. The device's figures are kept
    /// beside its kernels on disk, and are found there by later processes; the host's are not. What has run before keeps its side; what runs for the first time, lists, and plans go by the new figures. Without a device there is nothing to measure.
    /// </summary>
    /// <exception cref="EinsumException">The device has no room (EIN0704) or fails.</exception>
    public void Measure()
    {
        if (_device is null) return;
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
            var (host, device) = (_host.KernelStatistics, _device?.KernelStatistics ?? default);
            return new(host.Hits + device.Hits, host.Misses + device.Misses, host.Evictions + device.Evictions, host.Count + device.Count);
        }
    }

    internal override Executable Load(KernelProgram program, RunSettings settings) =>
        _device is null ? _host.Load(program, settings)
        : settings.HasResident ? _device.Load(program, settings)
        : settings.IsMember ? new AutoExecutable(_host, _device, program, settings)
        : Estimate([program]).IsDevice ? _device.Load(program, settings) : _host.Load(program, settings);

    internal override bool ComputesIn(ElementType arithmetic, ElementType element) => _host.ComputesIn(arithmetic, element);

    internal override bool[] Unconverted(KernelPlan plan, ElementType arithmetic, bool specialise) => _host.Unconverted(plan, arithmetic, specialise);

    internal override EinsumBackend? DeviceOfChoice => _device;

    internal override (KernelProgram Program, EinsumBackend Backend, string? Why) Choose(KernelProgram program)
    {
        if (_device is null) return (program, this, _alone);
        var estimate = Estimate([program]);
        return estimate.IsDevice && program.OnDevice is { } own ? (own, _device, estimate.ToString()) : (program, this, estimate.ToString());
    }

    internal override int PanelWidth(ElementType element) => _device is null ? _host.PanelWidth(element) : 0;

    internal override bool HasBatches => _device is not null;

    internal override ExecutionBatch? NewBatch(IEnumerable<Executable> members, ReadOnlySpan<long> shared)
    {
        if (_device is null) return null;
        var all = members.ToArray();
        // A member with a tensor on the device is the device's already, and all are then.
        return all.Any(member => member is not AutoExecutable) || Estimate(Programs(all), shared).IsDevice ? _device.NewBatch(all, shared) : null;
    }

    internal override void Share<TJob>(ref TJob job, int tasks, int maxThreads) => _host.Share(ref job, tasks, maxThreads);

    internal override ResidentTensor<T> NewResident<T>(Shape shape) => _device is null ? base.NewResident<T>(shape) : _device.NewResident<T>(shape);

    internal override ResidentTensor<T>[] NewResidents<T>(ReadOnlySpan<Shape> shapes) => _device is null ? base.NewResidents<T>(shapes) : _device.NewResidents<T>(shapes);

    internal override ResidentBatch NewResidentBatch() => _device is null ? base.NewResidentBatch() : _device.NewResidentBatch();

    internal override bool Takes(EinsumBackend owner) => ReferenceEquals(owner, this) || ReferenceEquals(owner, _device);

    internal override string? Explain(IEnumerable<Executable> members, ReadOnlySpan<long> shared)
    {
        if (_device is null) return _alone;
        var all = members.ToArray();
        return all.Any(member => member is not AutoExecutable) ? "gpu: a member has a tensor there" : Estimate(Programs(all), shared).ToString();
    }

    /// <summary>None where the other backend is a device, too: functions run on the host then.</summary>
    internal override FunctionChoice? FunctionChoice => _functions;

    internal override int Tune(KernelProgram program) => CanRun(program) ? _device!.Tune(program) : 0;

    internal override int Tune(IEnumerable<Executable> members, IEnumerable<Executable> others)
    {
        if (_device is null) return 0;
        var all = members.ToArray();
        return all.OfType<AutoExecutable>().All(member => CanRun(member.Program)) ? _device.Tune(all, others) : 0;
    }

    /// <summary>Whether there is a device that has the program's element types.</summary>
    bool CanRun(KernelProgram program) => _device is not null && LaunchPlan.CanRun(_device.Session.Runtime.Limits, program);

    internal override string Describe(KernelPlan plan) => _device is null ? _host.Describe(plan) : $"{_host.Describe(plan)} or {_device.Describe(plan)}";

    static KernelProgram[] Programs(Executable[] members) => [.. members.Cast<AutoExecutable>().Select(member => member.Program)];

    HostRates HostRates
    {
        get
        {
            lock (_measuring) return _hostRates;
        }
    }

    RunEstimate Estimate(IReadOnlyCollection<KernelProgram> programs, ReadOnlySpan<long> shared = default)
    {
        var estimate = RunEstimate.Of(programs, shared, HostRates, _device!.Session.Rates.Rates);
        return programs.All(CanRun) ? estimate : estimate with { Device = double.PositiveInfinity };
    }

    /// <summary>The choice for compiled functions, by the same rates.</summary>
    sealed class Functions(AutoBackend backend, GpuBackend device) : FunctionChoice(backend._host, device)
    {
        internal override (bool IsDevice, string Why) Decide(FunctionWork work)
        {
            var session = device.Session;
            var estimate = RunEstimate.Of(work, backend.HostRates, session.Rates.Rates);
            if (!session.Runtime.Limits.HasDouble && work.Device.Any(step => step.Step.HasDouble)) estimate = estimate with { Device = double.PositiveInfinity };
            return (estimate.IsDevice, estimate.ToString());
        }
    }

    /// <summary>No choice but the host.</summary>
    sealed class OnHost(EinsumBackend host, string why) : FunctionChoice(host, host)
    {
        internal override (bool IsDevice, string Why) Decide(FunctionWork work) => (false, why);
    }
}
