using System.Collections.Concurrent;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>The OpenCL devices that tests run on; PoCL makes one of the processor.</summary>
static class TestDevices
{
    static readonly (IReadOnlyList<OpenClDevice> Devices, IReadOnlyList<string> Missing) s_found = OpenClDevice.Find();

    static readonly Lazy<OpenClRuntime> s_first = new(() => new OpenClRuntime(s_found.Devices[0]));

    static readonly ConcurrentDictionary<(GpuRuntime, string), LoadedKernel> s_kernels = new();

    /// <summary>A runtime that all tests share.</summary>
    internal static GpuRuntime OpenCl
    {
        get
        {
            RequireOpenCl();
            return s_first.Value;
        }
    }

    static readonly Lazy<GpuBackend> s_backend = new(() =>
        new GpuBackend(GpuDevice.All.First(device => device.Runtime == "OpenCL"), new GpuOptions { CacheDirectory = CacheDirectory }));

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
            RequireOpenCl();
            return s_backend.Value;
        }
    }

    internal static bool HasOpenCl => s_found.Devices.Count > 0;

    internal static void RequireOpenCl() => Require(HasOpenCl, $"No OpenCL device: {string.Join("; ", s_found.Missing)}.");

    /// <summary>Leaves the test out with the reason, and fails it where .ci/run says that everything is to be there.</summary>
    internal static void Require(bool isThere, string reason)
    {
        if (isThere) return;
        if (Environment.GetEnvironmentVariable("EINSUM_REQUIRE_OPENCL") == "1") Assert.Fail(reason);
        Assert.Ignore(reason);
    }

    /// <summary>The kernel, compiled once per test run.</summary>
    internal static LoadedKernel Kernel(GpuRuntime runtime, EmittedKernel emitted) =>
        s_kernels.GetOrAdd((runtime, emitted.Source), _ => runtime.Build(emitted.Source, emitted.EntryPoint));
}
