namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Runs einsums on a GPU: <c>new EinsumEngine(new EinsumOptions { Backend = GpuBackend.Default })</c>. Operands on the host are copied for each call; a
/// device tensor stays on the device. Thread-safe; dispose it to free the device's memory, which its tensors then lose.
/// </summary>
public sealed class GpuBackend : EinsumBackend, IDisposable
{
    static readonly Lazy<GpuBackend> s_default = new(() =>
        new GpuBackend(GpuDevice.All.Count > 0 ? GpuDevice.All[0] : throw GpuErrors.NoDevice(string.Join("; ", GpuDevice.Missing))));

    /// <summary>A backend on a device.</summary>
    /// <exception cref="EinsumException">The device cannot be opened (EIN0702).</exception>
    public GpuBackend(GpuDevice device, GpuOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        Device = device;
        Session = new DeviceSession(device.Open(), options ?? new GpuOptions());
    }

    /// <summary>A backend on the first of <see cref="GpuDevice.All"/>, shared by all who ask for it.</summary>
    /// <exception cref="EinsumException">There is no device; the message says which runtime is missing (EIN0701).</exception>
    public static GpuBackend Default => s_default.Value;

    /// <summary>The device.</summary>
    public GpuDevice Device { get; }

    /// <summary><c>gpu</c>, and the device's name.</summary>
    public override string Name => $"gpu {Device.Name}";

    internal DeviceSession Session { get; }

    internal override CacheStatistics KernelStatistics => Session.Kernels.Statistics;

    /// <summary>Waits until everything that was enqueued is done.</summary>
    /// <exception cref="EinsumException">The device failed meanwhile.</exception>
    public void Synchronize()
    {
        using var lease = Session.Enter();
        Session.Runtime.Synchronize();
    }

    /// <summary>Frees the device's memory and kernels once the last call that runs has ended.</summary>
    public void Dispose() => Session.Dispose();

    internal override Executable Load(KernelProgram program, RunSettings settings)
    {
        using var lease = Session.Enter();
        return new GpuExecutable(Session, new LaunchPlan(Session, program), settings.Cancellation);
    }

    /// <summary>Does the tasks one after the other: what they enqueue runs on all of the device anyway.</summary>
    internal override void Share<TJob>(ref TJob job, int tasks, int maxThreads)
    {
        for (var task = 0; task < tasks; task++) job.Execute(task);
    }

    internal override string Describe(KernelPlan plan) => KernelEmitter.Describe(plan);
}
