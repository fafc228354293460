using System.Globalization;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// How long a program takes on the host and on a device, in seconds: per step the longer of its arithmetic and its memory traffic, at rates that are typical of
/// the kind of machine and not measured; on the device also launches, and copies of operands and result.
/// </summary>
readonly record struct RunEstimate(double Host, double Device, double Copies)
{
    /// <summary>Multiply-adds per second of a core, and of a compute unit of a device.</summary>
    const double CoreRate = 2e10, UnitRate = 1e11;

    /// <summary>Bytes per second of the host's memory, of a compute unit's share of the device's, and of the way between.</summary>
    const double HostBandwidth = 2e10, UnitBandwidth = 1.5e10, CopyBandwidth = 1.2e10;

    /// <summary>Seconds per step on the host, per launch, and per copy.</summary>
    const double StepTime = 1e-7, LaunchTime = 5e-6, CopyTime = 1e-5;

    /// <summary>How much slower 64-bit arithmetic is on most devices, and the host's kernels where a device is the host's own processor.</summary>
    const double DoubleFactor = 2, ProcessorFactor = 8;

    internal bool IsDevice => Device < Host;

    internal static RunEstimate Of(KernelProgram program, DeviceLimits limits)
    {
        var (cores, units) = (Environment.ProcessorCount, Math.Max(1, limits.ComputeUnits));
        var (unitRate, unitBandwidth) = limits.IsProcessor ? (CoreRate / ProcessorFactor, HostBandwidth / cores / ProcessorFactor) : (UnitRate, UnitBandwidth);
        var (host, device) = (0.0, 0.0);
        var outside = new double[program.OperandCount + 1];
        foreach (var step in program.Steps)
        {
            var plan = step.Plan;
            var wide = plan.Element is ElementType.Double or ElementType.Complex or ElementType.Long or ElementType.ULong ? DoubleFactor : 1;
            var bytes = 0.0;
            for (var i = 0; i <= plan.Operands.Length; i++)
            {
                var (value, element) = i < plan.Operands.Length ? (step.Operands[i], plan.Operands[i].Element) : (step.Result, plan.Element);
                var size = plan.Loops.Where(loop => loop.Strides[i] != 0).Aggregate((double)element.Size(), (product, loop) => product * loop.Extent);
                bytes += size;
                if (value < outside.Length) outside[value] = Math.Max(outside[value], size);
            }
            host += StepTime + Math.Max(plan.Iterations * wide / (CoreRate * cores), bytes / HostBandwidth);
            device += LaunchTime + Math.Max(plan.Iterations * wide / (unitRate * units), bytes / (unitBandwidth * units));
        }
        var copies = outside.Sum(bytes => bytes > 0 ? CopyTime + bytes / (limits.IsProcessor ? HostBandwidth : CopyBandwidth) : 0);
        return new RunEstimate(host, device + copies, copies);
    }

    /// <summary><c>gpu: about 1.2 ms, of which 0.9 ms copies; the cpu about 8 ms</c></summary>
    public override string ToString() => IsDevice
        ? $"gpu: about {Print(Device)}, of which {Print(Copies)} copies; cpu about {Print(Host)}"
        : $"cpu: about {Print(Host)}; gpu about {Print(Device)}, of which {Print(Copies)} copies";

    static string Print(double seconds) => seconds < 1e-3 ? $"{(seconds * 1e6).ToString("0.#", CultureInfo.InvariantCulture)} us" : $"{(seconds * 1e3).ToString("0.#", CultureInfo.InvariantCulture)} ms";
}
