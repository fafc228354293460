using System.Collections.Concurrent;

namespace EinsumNet.Backends.Gpu;

/// <summary>A device that kernels can run on, and the runtime that reaches it.</summary>
public sealed class GpuDevice
{
    static readonly Lazy<(GpuDevice[] Devices, string[] Missing)> s_found = new(Find);

    static readonly ConcurrentDictionary<string, byte> s_notStarted = [];

    readonly Func<GpuRuntime> _open;

    internal GpuDevice(string runtime, DeviceLimits limits, Func<GpuRuntime> open) => (Runtime, Limits, _open) = (runtime, limits, open);

    /// <summary>The devices of this machine: CUDA's first, then OpenCL's, those that are the host's own processor last.</summary>
    public static IReadOnlyList<GpuDevice> All => s_found.Value.Devices;

    /// <summary>Which runtimes and libraries are missing, which devices are left out, and why: one sentence each; what does not start when it is first used is among them from then on.</summary>
    public static IReadOnlyList<string> Missing => [.. s_found.Value.Missing, .. s_notStarted.Keys.Order()];

    internal static void Note(string notStarted) => s_notStarted.TryAdd(notStarted, 0);

    /// <summary>The device's name, as its driver says it.</summary>
    public string Name => Limits.Name;

    /// <summary><c>CUDA</c> or <c>OpenCL</c>.</summary>
    public string Runtime { get; }

    /// <summary>Bytes of global memory.</summary>
    public long MemoryBytes => Limits.MemoryBytes;

    /// <summary>Compute units (CUDA: multiprocessors).</summary>
    public int ComputeUnits => Limits.ComputeUnits;

    /// <summary>Whether there is 64-bit floating point, which double and Complex need.</summary>
    public bool HasDouble => Limits.HasDouble;

    /// <summary>Whether the device is the host's own processor, as PoCL makes one.</summary>
    public bool IsProcessor => Limits.IsProcessor;

    internal DeviceLimits Limits { get; }

    /// <summary>CUDA's number of the device; null of another runtime's.</summary>
    internal int? Ordinal { get; private init; }

    internal GpuRuntime Open() => _open();

    /// <summary><c>NVIDIA H200 (CUDA)</c></summary>
    public override string ToString() => $"{Name} ({Runtime})";

    internal static GpuDevice Of(CudaDevice device) => new("CUDA", device.Limits, () => new CudaRuntime(device)) { Ordinal = device.Handle };

    internal static GpuDevice Of(OpenClDevice device) => new("OpenCL", device.Limits, () => new OpenClRuntime(device));

    static (GpuDevice[], string[]) Find()
    {
        var (openCl, noOpenCl) = OpenClDevice.Find();
        var (cuda, noCuda) = CudaDevice.Find();
        return ([.. cuda.Select(Of), .. openCl.OrderBy(device => device.Limits.IsProcessor).Select(Of)], [.. noCuda.Select(why => $"CUDA: {why}"), .. noOpenCl.Select(why => $"OpenCL: {why}")]);
    }
}
