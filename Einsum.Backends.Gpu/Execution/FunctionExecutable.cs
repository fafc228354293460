using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>A kernel of a traced function on a device: its launches, and which buffers they take.</summary>
sealed class FunctionExecutable : Executable
{
    readonly DeviceSession _session;
    readonly ImmutableArray<(LoadedKernel Loaded, FunctionKernel Kernel)> _launches;
    readonly long _scratchBytes;

    internal FunctionExecutable(DeviceSession session, ImmutableArray<FunctionKernel> kernels)
    {
        _session = session;
        _launches = [.. kernels.Select(kernel => (session.Kernels.Get(kernel.Emitted), kernel))];
        _scratchBytes = kernels.Select(kernel => kernel.Emitted.ScratchBytes).DefaultIfEmpty().Max();
    }

    /// <summary>Enqueues the launches on buffers by their numbers; the first address is that of the faults.</summary>
    internal override void Run(ReadOnlySpan<nint> addresses)
    {
        using var lease = _session.Enter();
        var scratch = _scratchBytes > 0 ? _session.Pool.Rent(_scratchBytes) : null;
        try
        {
            foreach (var (loaded, kernel) in _launches) Launch(loaded, kernel, addresses, scratch);
        }
        finally
        {
            // The stream is in order: whoever rents it next comes after what was enqueued here.
            if (scratch is not null) _session.Pool.Return(scratch);
        }
    }

    /// <summary>The names of the kernels: <c>lanes</c>.</summary>
    public override string ToString() => _launches.IsEmpty ? "nothing" : string.Join(", ", _launches.Select(launch => launch.Kernel.Emitted.EntryPoint));

    void Launch(LoadedKernel loaded, FunctionKernel kernel, ReadOnlySpan<nint> addresses, DeviceBlock? scratch)
    {
        var count = kernel.Buffers.Length + (kernel.Emitted.ScratchBytes > 0 ? 1 : 0);
        var buffers = count <= 16 ? stackalloc KernelBuffer[16] : new KernelBuffer[count];
        for (var i = 0; i < kernel.Buffers.Length; i++)
        {
            var (buffer, elementBytes) = kernel.Buffers[i];
            var (memory, offset) = _session.Resident(addresses[buffer + 1], 0);
            buffers[i] = new KernelBuffer(memory, offset / elementBytes, IsRead: !kernel.Emitted.Kernel!.Buffers[i].Written);
        }
        if (count > kernel.Buffers.Length) buffers[count - 1] = new KernelBuffer(scratch!.Memory, 0);
        _session.Runtime.Launch(loaded, kernel.Emitted.Launch, buffers[..count], kernel.Emitted.Arguments.AsSpan());
    }
}
