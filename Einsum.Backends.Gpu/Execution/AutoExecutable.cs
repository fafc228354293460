namespace EinsumNet.Backends.Gpu;

/// <summary>
/// A member of a list whose backend is chosen for the list as one: the host's executable until a batch of the device takes it, which has its own.
/// </summary>
sealed class AutoExecutable(EinsumBackend host, GpuBackend device, KernelProgram program, RunSettings settings) : Executable
{
    readonly Lazy<Executable> _onHost = new(() => host.Load(program, settings)), _onDevice = new(() => device.Load(program, settings));

    internal KernelProgram Program => program;

    /// <summary>The device's own executable of a list's member, chosen already or not.</summary>
    internal static GpuExecutable OnDevice(Executable member) => (GpuExecutable)(member is AutoExecutable auto ? auto._onDevice.Value : member);

    internal override bool IsGeneral => _onHost.Value.IsGeneral;

    internal override void Run(ReadOnlySpan<nint> addresses) => _onHost.Value.Run(addresses);
}
