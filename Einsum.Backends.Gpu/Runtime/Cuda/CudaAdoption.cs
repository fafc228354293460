namespace EinsumNet.Backends.Gpu;

/// <summary>The device behind another library's context.</summary>
static class CudaAdoption
{
    internal static GpuDevice Device(nint context, nint stream)
    {
        var missing = NativeLibraries.WhyMissing(NativeLibraries.Cuda) ?? NativeLibraries.WhyMissing(NativeLibraries.Nvrtc);
        return missing is null ? Device(new CudaLibrary(), new NvrtcLibrary(), context, stream) : throw GpuErrors.Foreign(missing);
    }

    internal static GpuDevice Device(ICudaDriver driver, INvrtc compiler, nint context, nint stream)
    {
        if (context == 0) throw GpuErrors.Foreign("the context is null");
        Check("cuInit", driver.Init(0));
        Check("cuCtxPushCurrent", driver.CtxPushCurrent(context));
        try
        {
            Check("cuCtxGetDevice", driver.CtxGetDevice(out var handle));
            var device = CudaDevice.Read(driver, compiler, handle);
            return new GpuDevice("CUDA", device.Limits, () => new CudaRuntime(device, context, stream));
        }
        finally
        {
            _ = driver.CtxPopCurrent(out _);
        }

        void Check(string call, int code)
        {
            if (code != 0) throw GpuErrors.Foreign($"{call} gives {driver.NameOf(code)} ({code})");
        }
    }
}
