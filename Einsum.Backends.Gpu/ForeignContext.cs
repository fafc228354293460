namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Another library's context and stream, such as those of an ILGPU accelerator: a <see cref="GpuBackend"/> that adopts them shares the library's memory, and
/// what both enqueue on the stream happens in order. The library disposes them, after the backend.
/// </summary>
public sealed class ForeignContext
{
    readonly Func<GpuDevice> _device;

    ForeignContext(Func<GpuDevice> device) => _device = device;

    /// <summary>A cl_context and an in-order cl_command_queue in it.</summary>
    public static ForeignContext OpenCl(nint context, nint queue) => new(() => OpenClAdoption.Device(context, queue));

    /// <summary>A CUcontext and a CUstream in it; 0 for the default stream.</summary>
    public static ForeignContext Cuda(nint context, nint stream) => new(() => CudaAdoption.Device(context, stream));

    internal GpuDevice Adopt() => _device();
}
