using System.Globalization;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// How long programs take on the host and on a device, in seconds: per step the longer of its arithmetic and its memory traffic; on the device also launches, and copies of
/// operands and results. Infinity on a device that lacks an element type.
/// </summary>
readonly record struct RunEstimate(double Host, double Device, double Copies, bool IsMeasured)
{
    /// <summary>How much slower 64-bit arithmetic is.</summary>
    const double WideFactor = 2;

    internal bool IsDevice => Device < Host;

    /// <summary>One program by itself.</summary>
    internal static RunEstimate Of(KernelProgram program, HostRates host, DeviceRates device) => Of([program], host, device);

    /// <summary>All members of a list, one after the other on the host; on the device, products are one launch between copies that they share.</summary>
    internal static RunEstimate Of(IReadOnlyCollection<KernelProgram> members, HostRates host, DeviceRates device)
    {
        var (hostTime, deviceTime, copies, groupedCopies) = (0.0, 0.0, 0.0, 0);
        foreach (var program in members)
        {
            var isGrouped = members.Count > 1 && GroupedRuns.IsMember(program);
            var outside = new double[program.OperandCount + 1];
            foreach (var step in program.Steps)
            {
                var (iterations, bytes) = Work(step, outside);
                hostTime += host.StepTime + Math.Max(iterations / host.MultiplyAdds, bytes / host.Bandwidth);
                deviceTime += (isGrouped ? 0 : device.LaunchTime) + Math.Max(iterations / device.MultiplyAdds, bytes / device.Bandwidth);
            }
            foreach (var bytes in outside)
                if (bytes > 0) copies += (isGrouped ? 0 : device.CopyTime) + bytes / device.CopyBandwidth;
            if (isGrouped) groupedCopies = Math.Max(groupedCopies, outside.Length);
        }
        if (groupedCopies > 0)
        {
            deviceTime += device.LaunchTime;
            // The table of the members is copied too.
            copies += (groupedCopies + 1) * device.CopyTime;
        }
        return new RunEstimate(hostTime, deviceTime + copies, copies, device.IsMeasured);
    }

    /// <summary>A step's multiply-adds, as many of floats, and the bytes that it touches; those of operands and of the result are noted.</summary>
    static (double Iterations, double Bytes) Work(KernelStep step, double[] outside)
    {
        var plan = step.Plan;
        var bytes = 0.0;
        for (var i = 0; i <= plan.Operands.Length; i++)
        {
            var (value, element) = i < plan.Operands.Length ? (step.Operands[i], plan.Operands[i].Element) : (step.Result, plan.Element);
            var size = plan.Loops.Where(loop => loop.Strides[i] != 0).Aggregate((double)element.Size(), (product, loop) => product * loop.Extent);
            bytes += size;
            if (value < outside.Length) outside[value] = Math.Max(outside[value], size);
        }
        return (plan.Iterations * (plan.Element is ElementType.Double or ElementType.Complex or ElementType.Long or ElementType.ULong ? WideFactor : 1), bytes);
    }

    /// <summary><c>gpu: about 1.2 ms, of which 0.9 ms copies; cpu about 8 ms (typical rates)</c></summary>
    public override string ToString() => double.IsInfinity(Device) ? $"cpu: about {Print(Host)}; gpu has no 64-bit floating point" : (IsDevice
        ? $"gpu: about {Print(Device)}, of which {Print(Copies)} copies; cpu about {Print(Host)}"
        : $"cpu: about {Print(Host)}; gpu about {Print(Device)}, of which {Print(Copies)} copies") + (IsMeasured ? " (measured rates)" : " (typical rates)");

    static string Print(double seconds) => seconds < 1e-3 ? $"{(seconds * 1e6).ToString("0.#", CultureInfo.InvariantCulture)} us" : $"{(seconds * 1e3).ToString("0.#", CultureInfo.InvariantCulture)} ms";
}
