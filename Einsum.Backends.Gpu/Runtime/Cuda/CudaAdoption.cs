namespace EinsumNet.Backends.Gpu;

/// <summary>The device behind another library's context.</summary>
static class CudaAdoption
{
    internal static GpuDevice Device(nint context, nint stream)
    {
        var missing = NativeLibraries.WhyMissing(NativeLibraries.Cuda) ?? NativeLibraries.WhyMissing(NativeLibraries.Nvrtc);
        return missing is null ? Device(new CudaLibrary(), new NvrtcLibrary(), context, stream, NativeLibraries.WhyMissing(NativeLibraries.CuBlas) is null ? new CuBlasLibrary() : null) : throw GpuErrors.Foreign(missing);
    }

    internal static GpuDevice Device(ICudaDriver driver, INvrtc compiler, nint context, nint stream, ICuBlas? blas = null)
    {
        if (context == 0) throw GpuErrors.Foreign("the context is null");
        Check("cuInit", driver.Init(0));
        Check("cuCtxPushCurrent", driver.CtxPushCurrent(context));
        CudaDevice device;
        int popped;
        try
        {
            Check("cuCtxGetDevice", driver.CtxGetDevice(out var handle));
            device = CudaDevice.Read(driver, compiler, handle) with { Blas = blas };
        }
        finally
        {
            popped = driver.CtxPopCurrent(out _);
        }
        Check("cuCtxPopCurrent", popped);
        return new GpuDevice("CUDA", device.Limits, () => new CudaRuntime(device, context, stream));

        void Check(string call, int code)
        {
            if (code != 0) throw GpuErrors.Foreign($"{call} gives {driver.NameOf(code)} ({code})");
        }
    }
}
