namespace EinsumNet.Backends.Gpu;

/// <summary>
/// A member of a list whose backend is chosen for the list as one: the host's executable until a batch of the device takes it, which has its own.
/// </summary>
sealed class AutoExecutable(EinsumBackend host, GpuBackend device, KernelProgram program, RunSettings settings) : Executable
{
    readonly Lazy<Executable> _onHost = new(() => host.Load(program, settings)), _onDevice = new(() => device.Load(program, settings));

    internal KernelProgram Program => program;

    internal Executable OnDevice => _onDevice.Value;

    internal override bool IsGeneral => _onHost.Value.IsGeneral;

    internal override void Run(ReadOnlySpan<nint> addresses) => _onHost.Value.Run(addresses);

    /// <summary>A batch of the device that takes members of either kind.</summary>
    internal sealed class Batch(ExecutionBatch batch) : ExecutionBatch
    {
        internal override void Add(Executable executable, ReadOnlySpan<nint> addresses) => batch.Add(executable is AutoExecutable auto ? auto.OnDevice : executable, addresses);

        internal override void Wait() => batch.Wait();

        internal override void CopyResult(int index, nint address) => batch.CopyResult(index, address);

        public override void Dispose() => batch.Dispose();
    }
}
