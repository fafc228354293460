using EinsumNet.Functions;

namespace EinsumNet.Backends.Gpu;

/// <summary>Compiled functions on a backend's device.</summary>
sealed class GpuFunctions(GpuBackend backend) : FunctionDevice
{
    DeviceSession Session => backend.Session;

    internal override Executable Load(Kernel kernel)
    {
        using var lease = Session.Enter();
        var runtime = Session.Runtime;
        return new FunctionExecutable(Session, FunctionEmitter.Emit(kernel, new EmitTarget(runtime.Limits, runtime.Dialect, Session.Emission)));
    }

    internal override bool IsAddress(nint address) => DeviceAddresses.IsDevice(address);

    internal override ResidentTensor<byte> Rent(long bytes) => backend.Empty<byte>([bytes]);

    internal override void Write(nint target, nint host, long bytes)
    {
        if (bytes == 0) return;
        using var lease = Session.Enter();
        var (memory, offset) = Session.Resident(target, bytes);
        Session.Staging.Write(memory, offset, host, bytes);
    }

    internal override void Read(nint source, nint host, long bytes)
    {
        using var lease = Session.Enter();
        try
        {
            if (bytes == 0) return;
            var (memory, offset) = Session.Resident(source, bytes);
            Session.Staging.Read(memory, offset, host, bytes);
        }
        catch
        {
            // The caller's memory must not be in use any more when it is let go.
            Session.Runtime.Drain();
            throw;
        }
    }

    internal override void Copy(nint source, nint target, long bytes)
    {
        if (bytes == 0 || source == target) return;
        using var lease = Session.Enter();
        var (from, to) = (Session.Resident(source, bytes), Session.Resident(target, bytes));
        Session.Runtime.Copy(from.Memory, from.Offset, to.Memory, to.Offset, bytes);
    }
}
