using System.Globalization;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// How long programs and compiled functions take on the host and on a device, in seconds: per step the longer of its arithmetic and its memory traffic; on the device also launches, and copies of
/// operands and results. Infinity on a device that lacks an element type.
/// </summary>
readonly record struct RunEstimate(double Host, double Device, double Copies, bool IsMeasured)
{
    /// <summary>Seconds for each of operations that wait for each other, which no rate tells.</summary>
    const double HostSerialTime = 1e-9, DeviceSerialTime = 5e-9;

    internal bool IsDevice => Device < Host;

    /// <summary>All members of a list, one after the other on the host; on the device, products are one launch between copies that they share.</summary>
    /// <param name="members">The members, or one program by itself.</param>
    /// <param name="shared">Per operand the bytes of what all members read together, which are copied once, 0 where each has its own.</param>
    /// <param name="host">How fast the host is.</param>
    /// <param name="device">How fast the device is.</param>
    internal static RunEstimate Of(IReadOnlyCollection<KernelProgram> members, ReadOnlySpan<long> shared, HostRates host, DeviceRates device)
    {
        var (hostTime, deviceTime, copies, groupedCopies) = (0.0, 0.0, 0.0, 0);
        foreach (var program in members)
        {
            var own = program.OnDevice ?? program;
            var isGrouped = members.Count > 1 && GroupedRuns.IsMember(own);
            var outside = new double[program.OperandCount + 1];
            foreach (var step in program.Steps) hostTime += host.StepTime + Time(StepWork.Of(step), host);
            foreach (var step in own.Steps)
            {
                Note(step, outside);
                deviceTime += (isGrouped ? 0 : device.LaunchTime) + Time(StepWork.Of(step), device);
            }
            foreach (var (value, bytes) in outside.Index())
                if (bytes > 0 && !(value < shared.Length && shared[value] > 0)) copies += (isGrouped ? 0 : device.CopyTime) + bytes / device.CopyBandwidth;
            if (isGrouped) groupedCopies = outside.Length;
        }
        foreach (var bytes in shared)
            if (bytes > 0) copies += device.CopyTime + bytes / device.CopyBandwidth;
        if (groupedCopies > 0)
        {
            deviceTime += device.LaunchTime;
            // The table of the members is copied too.
            copies += (groupedCopies - shared.Length + shared.Count(0) + 1) * device.CopyTime;
        }
        return new RunEstimate(hostTime, deviceTime + copies, copies, device.IsMeasured);
    }

    /// <summary>A compiled function.</summary>
    internal static RunEstimate Of(FunctionWork function, HostRates host, DeviceRates device)
    {
        var hostTime = function.Host.Sum(each => each.Times * (host.StepTime + Time(each.Step, host)));
        var deviceTime = function.Device.Sum(each => each.Times * (device.LaunchTime + Time(each.Step, device))) + function.Answers * device.CopyTime;
        var copies = function.Copied.Where(bytes => bytes > 0).Sum(bytes => device.CopyTime + bytes / device.CopyBandwidth);
        return new RunEstimate(hostTime, deviceTime + copies, copies, device.IsMeasured);
    }

    static double Time(StepWork work, HostRates host) => Math.Max(work.Serial * HostSerialTime, Math.Max(work.Operations / host.MultiplyAdds + work.Wide / host.WideMultiplyAdds, work.Bytes / host.Bandwidth));

    static double Time(StepWork work, DeviceRates device) => Math.Max(work.Serial * DeviceSerialTime, Math.Max(work.Operations / device.MultiplyAdds + work.Wide / device.WideMultiplyAdds, work.Bytes / device.Bandwidth));

    /// <summary>Notes the bytes of operands and of the result that a step touches.</summary>
    static void Note(KernelStep step, double[] outside)
    {
        var plan = step.Plan;
        for (var i = 0; i <= plan.Operands.Length; i++)
        {
            var (value, operand) = i < plan.Operands.Length ? (step.Operands[i], plan.Operands[i]) : (step.Result, plan.Result);
            if (value < outside.Length) outside[value] = Math.Max(outside[value], StepWork.BytesOf(plan, operand, i));
        }
    }

    /// <summary><c>gpu: about 1.2 ms, of which 0.9 ms copies; cpu about 8 ms (typical rates)</c></summary>
    public override string ToString() => double.IsInfinity(Device) ? $"cpu: about {Print(Host)}; gpu has no 64-bit floating point" : (IsDevice
        ? $"gpu: about {Print(Device)}, of which {Print(Copies)} copies; cpu about {Print(Host)}"
        : $"cpu: about {Print(Host)}; gpu about {Print(Device)}, of which {Print(Copies)} copies") + (IsMeasured ? " (measured rates)" : " (typical rates)");

    static string Print(double seconds) => seconds < 1e-3 ? $"{(seconds * 1e6).ToString("0.#", CultureInfo.InvariantCulture)} us" : $"{(seconds * 1e3).ToString("0.#", CultureInfo.InvariantCulture)} ms";
}
