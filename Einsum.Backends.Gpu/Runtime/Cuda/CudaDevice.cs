using System.Text;

namespace EinsumNet.Backends.Gpu;

/// <summary>A CUDA device, and what its driver says of it.</summary>
sealed record CudaDevice(ICudaDriver Driver, INvrtc Compiler, int Handle, int DriverVersion, DeviceLimits Limits)
{
    /// <summary>The devices of the driver, or why there is none.</summary>
    internal static (IReadOnlyList<CudaDevice> Devices, string? Missing) Find()
    {
        if (NativeLibraries.WhyMissing(NativeLibraries.Cuda) is { } noDriver) return ([], noDriver);
        if (NativeLibraries.WhyMissing(NativeLibraries.Nvrtc) is { } noCompiler) return ([], $"the driver is there, but its compiler is not: {noCompiler}");
        return Find(new CudaLibrary(), new NvrtcLibrary());
    }

    internal static (IReadOnlyList<CudaDevice> Devices, string? Missing) Find(ICudaDriver driver, INvrtc compiler)
    {
        var code = driver.Init(0);
        if (code != 0) return ([], $"cuInit gives {driver.NameOf(code)} ({code})");
        var devices = new List<CudaDevice>();
        if ((code = driver.DeviceGetCount(out var count)) != 0) return ([], $"cuDeviceGetCount gives {driver.NameOf(code)} ({code})");
        for (var ordinal = 0; ordinal < count; ordinal++)
        {
            if ((code = driver.DeviceGet(out var handle, ordinal)) != 0) return (devices, $"cuDeviceGet gives {driver.NameOf(code)} ({code})");
            devices.Add(Read(driver, compiler, handle));
        }
        return (devices, count > 0 ? null : "the driver has no device");
    }

    internal static unsafe CudaDevice Read(ICudaDriver driver, INvrtc compiler, int handle)
    {
        var text = stackalloc byte[256];
        Check("cuDeviceGetName", driver.DeviceGetName(text, 256, handle));
        var name = Encoding.UTF8.GetString(new ReadOnlySpan<byte>(text, 256).Slice(0, new ReadOnlySpan<byte>(text, 256).IndexOf((byte)0)));
        Check("cuDeviceTotalMem", driver.DeviceTotalMem(out var bytes, handle));
        Check("cuDriverGetVersion", driver.DriverGetVersion(out var version));
        // Devices before Volta know no more shared memory than the usual.
        var shared = driver.DeviceGetAttribute(out var optIn, CudaCodes.SharedPerBlockOptIn, handle) == 0 && optIn > 0 ? optIn : Attribute(CudaCodes.SharedPerBlock);
        var sm = 10 * Attribute(CudaCodes.ComputeMajor) + Attribute(CudaCodes.ComputeMinor);
        return new CudaDevice(driver, compiler, handle, version, new DeviceLimits(
            name, Attribute(CudaCodes.MaxThreadsPerBlock), Attribute(CudaCodes.MaxBlockX), Attribute(CudaCodes.MaxBlockY), Attribute(CudaCodes.MaxBlockZ), Attribute(CudaCodes.MaxGridY),
            shared, Attribute(CudaCodes.MultiprocessorCount), Attribute(CudaCodes.WarpSize), HasDouble: true, HasHalf: sm >= 53, HasLong: true, (long)bytes, (long)bytes, sm, IsProcessor: false));

        int Attribute(int attribute)
        {
            Check("cuDeviceGetAttribute", driver.DeviceGetAttribute(out var value, attribute, handle));
            return value;
        }

        void Check(string call, int code)
        {
            if (code != 0) throw GpuErrors.Call($"CUDA device {handle}", call, driver.NameOf(code), code);
        }
    }
}
