using System.Text;

namespace EinsumNet.Backends.Gpu;

/// <summary>A CUDA device, and what its driver says of it.</summary>
sealed record CudaDevice(ICudaDriver Driver, INvrtc Compiler, int Handle, int DriverVersion, DeviceLimits Limits, ICuBlas? Blas = null)
{
    /// <summary>The devices of the driver, and why there is none, or why one is left out.</summary>
    internal static (IReadOnlyList<CudaDevice> Devices, IReadOnlyList<string> Missing) Find()
    {
        if (NativeLibraries.WhyMissing(NativeLibraries.Cuda) is { } noDriver) return ([], [noDriver]);
        if (NativeLibraries.WhyMissing(NativeLibraries.Nvrtc) is { } noCompiler) return ([], [$"the driver is there, but its compiler is not: {noCompiler}"]);
        var noBlas = NativeLibraries.WhyMissing(NativeLibraries.CuBlas);
        var (devices, missing) = Find(new CudaLibrary(), new NvrtcLibrary(), noBlas is null ? new CuBlasLibrary() : null);
        return (devices, noBlas is null || devices.Count == 0 ? missing : [.. missing, $"products do without cuBLAS: {noBlas}"]);
    }

    internal static (IReadOnlyList<CudaDevice> Devices, IReadOnlyList<string> Missing) Find(ICudaDriver driver, INvrtc compiler, ICuBlas? blas = null)
    {
        var code = driver.Init(0);
        if (code != 0) return ([], [$"cuInit gives {driver.NameOf(code)} ({code})"]);
        if ((code = driver.DeviceGetCount(out var count)) != 0) return ([], [$"cuDeviceGetCount gives {driver.NameOf(code)} ({code})"]);
        var (devices, missing) = (new List<CudaDevice>(), new List<string>());
        if (count == 0) missing.Add("the driver has no device");
        for (var ordinal = 0; ordinal < count; ordinal++)
        {
            // One that fails, such as a card that has fallen off its bus, is no reason to do without the others.
            try
            {
                if ((code = driver.DeviceGet(out var handle, ordinal)) != 0) missing.Add($"cuDeviceGet of device {ordinal} gives {driver.NameOf(code)} ({code})");
                else devices.Add(Read(driver, compiler, handle) with { Blas = blas });
            }
            catch (EinsumException error)
            {
                missing.Add($"device {ordinal} is left out: {error.Message}");
            }
        }
        return (devices, missing);
    }

    internal static unsafe CudaDevice Read(ICudaDriver driver, INvrtc compiler, int handle)
    {
        var text = stackalloc byte[256];
        Check("cuDeviceGetName", driver.DeviceGetName(text, 256, handle));
        var name = Encoding.UTF8.GetString(new ReadOnlySpan<byte>(text, 256).Slice(0, new ReadOnlySpan<byte>(text, 256).IndexOf((byte)0)));
        Check("cuDeviceTotalMem", driver.DeviceTotalMem(out var bytes, handle));
        Check("cuDriverGetVersion", driver.DriverGetVersion(out var version));
        var code = compiler.Version(out var compilerMajor, out _);
        if (code != 0) throw GpuErrors.Call(name, "nvrtcVersion", compiler.NameOf(code), code);
        // Devices before Volta know no more shared memory than the usual.
        var shared = driver.DeviceGetAttribute(out var optIn, CudaCodes.SharedPerBlockOptIn, handle) == 0 && optIn > 0 ? optIn : Attribute(CudaCodes.SharedPerBlock);
        var sm = 10 * Attribute(CudaCodes.ComputeMajor) + Attribute(CudaCodes.ComputeMinor);
        return new CudaDevice(driver, compiler, handle, version, new DeviceLimits(
            name, Attribute(CudaCodes.MaxThreadsPerBlock), Attribute(CudaCodes.MaxBlockX), Attribute(CudaCodes.MaxBlockY), Attribute(CudaCodes.MaxBlockZ), Attribute(CudaCodes.MaxGridY),
            shared, Attribute(CudaCodes.MultiprocessorCount), Attribute(CudaCodes.WarpSize), HasDouble: true, (long)bytes, (long)bytes, sm, IsProcessor: false, HasWgmma: sm == CudaCompiler.HopperSm && CudaCompiler.KnowsHopper(compilerMajor), MaxParameterBytes: CudaCodes.ParameterBytes));

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
