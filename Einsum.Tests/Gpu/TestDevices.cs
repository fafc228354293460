using System.Collections.Concurrent;
using System.Globalization;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>
/// The device that tests run on: the first of OpenCL, as PoCL makes one of the processor, unless EINSUM_TEST_DEVICE says which by its number in <see cref="GpuDevice.All"/>, its runtime, or a part of
/// its name.
/// </summary>
static class TestDevices
{
    static readonly string s_wanted = Environment.GetEnvironmentVariable("EINSUM_TEST_DEVICE") ?? "";

    static readonly Lazy<GpuDevice?> s_device = new(() => Choose(GpuDevice.All, s_wanted));

    static readonly Lazy<GpuRuntime> s_runtime = new(() => Device.Open());

    static readonly ConcurrentDictionary<(GpuRuntime, string), LoadedKernel> s_kernels = new();

    /// <summary>A runtime that all tests share.</summary>
    internal static GpuRuntime Runtime
    {
        get
        {
            RequireDevice();
            return s_runtime.Value;
        }
    }

    static readonly Lazy<GpuBackend> s_backend = new(() => new GpuBackend(Device, new GpuOptions { CacheDirectory = CacheDirectory }));

    /// <summary>Where the tests keep their kernels, so that a run does not compile them all again; never in the user's cache directory.</summary>
    internal static string CacheDirectory => Path.Combine(AppContext.BaseDirectory, "kernels");

#pragma warning disable CA2255 // Backends made without options, child processes' too, must find the directory from the first test on.
    [System.Runtime.CompilerServices.ModuleInitializer]
    internal static void KeepOutOfTheUsersCache() => Environment.SetEnvironmentVariable("EINSUM_CACHE_DIR", CacheDirectory);
#pragma warning restore CA2255

    /// <summary>A backend that all tests share.</summary>
    internal static GpuBackend Backend
    {
        get
        {
            RequireDevice();
            return s_backend.Value;
        }
    }

    internal static bool HasDevice => s_device.Value is not null;

    internal static GpuDevice Device => s_device.Value ?? throw new InvalidOperationException(WhyMissing);

    static string WhyMissing => $"No device {(s_wanted.Length > 0 ? $"'{s_wanted}' among {string.Join(", ", GpuDevice.All)}" : "of OpenCL")}: {string.Join("; ", GpuDevice.Missing)}.";

    internal static GpuDevice? Choose(IReadOnlyList<GpuDevice> devices, string wanted)
    {
        if (wanted.Length == 0) return devices.FirstOrDefault(device => device.Runtime == "OpenCL");
        if (int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return devices.ElementAtOrDefault(number);
        return devices.FirstOrDefault(device => device.Runtime.Equals(wanted, StringComparison.OrdinalIgnoreCase)) ?? devices.FirstOrDefault(device => device.Name.Contains(wanted, StringComparison.OrdinalIgnoreCase));
    }

    internal static void RequireDevice()
    {
        // Whoever names a device wants to know that it is not there.
        if (!HasDevice && s_wanted.Length > 0) Assert.Fail(WhyMissing);
        Require(HasDevice, WhyMissing);
    }

    /// <summary>For tests of OpenCL itself, whatever the device of the others.</summary>
    internal static void RequireOpenCl() => Require(OpenClDevice.Find() is { Devices.Count: > 0 }, $"No OpenCL device: {string.Join("; ", GpuDevice.Missing)}.");

    /// <summary>Leaves the test out with the reason, and fails it where .ci/run says that everything is to be there.</summary>
    internal static void Require(bool isThere, string reason, string variable = "EINSUM_REQUIRE_OPENCL")
    {
        if (isThere) return;
        if (Environment.GetEnvironmentVariable(variable) == "1") Assert.Fail(reason);
        LeftOut.Because(reason);
    }

    /// <summary>The kernel, compiled once per test run.</summary>
    internal static LoadedKernel Kernel(GpuRuntime runtime, EmittedKernel emitted) =>
        s_kernels.GetOrAdd((runtime, emitted.Source), _ => runtime.Build(emitted.Source, emitted.EntryPoint));
}
