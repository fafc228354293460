using System.Collections.Concurrent;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>The OpenCL devices that tests run on; PoCL makes one of the processor.</summary>
static class TestDevices
{
    static readonly (IReadOnlyList<OpenClDevice> Devices, string? Missing) s_found = OpenClDevice.Find();

    static readonly Lazy<OpenClRuntime> s_first = new(() => new OpenClRuntime(s_found.Devices[0]));

    static readonly ConcurrentDictionary<(GpuRuntime, string), LoadedKernel> s_kernels = new();

    /// <summary>A runtime that all tests share.</summary>
    internal static GpuRuntime OpenCl
    {
        get
        {
            if (s_found.Devices.Count == 0) Assert.Ignore($"No OpenCL device: {s_found.Missing}.");
            return s_first.Value;
        }
    }

    static readonly Lazy<GpuBackend> s_backend = new(() => new GpuBackend(GpuDevice.All.First(device => device.Runtime == "OpenCL")));

    /// <summary>A backend that all tests share.</summary>
    internal static GpuBackend Backend => s_backend.Value;

    /// <summary>The kernel, compiled once per test run.</summary>
    internal static LoadedKernel Kernel(GpuRuntime runtime, EmittedKernel emitted) =>
        s_kernels.GetOrAdd((runtime, emitted.Source), _ => runtime.Build(emitted.Source, emitted.EntryPoint));
}
