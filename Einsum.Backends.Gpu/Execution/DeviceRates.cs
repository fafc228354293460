using System.Globalization;
using System.Text;

namespace EinsumNet.Backends.Gpu;

/// <summary>How fast a device works: multiply-adds of floats, those of doubles, and bytes of its own memory per second, bytes per second to and from the host, and seconds per launch and per copy.</summary>
/// <param name="IsMeasured">Whether these are figures of this very device, or typical of its kind.</param>
readonly record struct DeviceRates(double MultiplyAdds, double WideMultiplyAdds, double Bandwidth, double CopyBandwidth, double LaunchTime, double CopyTime, bool IsMeasured)
{
    /// <summary>Of a compute unit, and of a core where a device is the host's own processor, which runs such kernels slower than the host's.</summary>
    const double UnitRate = 1e11, UnitBandwidth = 1.5e10, ProcessorFactor = 8;

    /// <summary>How much slower doubles are: cards made for computing have one unit for them to two for floats, others one to 16, 32 or 64.</summary>
    static double WideFactor(DeviceLimits limits) => limits.IsProcessor || limits.Sm is 60 or 70 or 80 or 90 or 100 ? 2 : 32;

    /// <summary>What is typical of such a device.</summary>
    internal static DeviceRates Typical(DeviceLimits limits)
    {
        var units = Math.Max(1, limits.ComputeUnits);
        var host = HostRates.Typical;
        var floats = limits.IsProcessor ? host.MultiplyAdds / Environment.ProcessorCount / ProcessorFactor * units : UnitRate * units;
        return limits.IsProcessor
            ? new(floats, floats / WideFactor(limits), host.Bandwidth / ProcessorFactor * units / Environment.ProcessorCount, host.Bandwidth, 5e-6, 1e-5, false)
            : new(floats, floats / WideFactor(limits), UnitBandwidth * units, 1.2e10, 5e-6, 1e-5, false);
    }

    internal byte[] ToBytes() => Encoding.ASCII.GetBytes(string.Join(' ', new[] { MultiplyAdds, WideMultiplyAdds, Bandwidth, CopyBandwidth, LaunchTime, CopyTime }.Select(number => number.ToString("R", CultureInfo.InvariantCulture))));

    /// <summary>What <see cref="ToBytes"/> wrote; null where it is something else.</summary>
    internal static DeviceRates? Of(byte[] bytes)
    {
        var words = Encoding.ASCII.GetString(bytes).Split(' ');
        var numbers = words.Select(word => double.TryParse(word, CultureInfo.InvariantCulture, out var number) && number > 0 && double.IsFinite(number) ? number : 0).ToArray();
        return numbers is [> 0, > 0, > 0, > 0, > 0, > 0] ? new DeviceRates(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], true) : null;
    }
}

/// <summary>How fast the host works: multiply-adds of floats, those of doubles, and bytes of memory per second, and seconds per step.</summary>
readonly record struct HostRates(double MultiplyAdds, double WideMultiplyAdds, double Bandwidth, double StepTime)
{
    const double CoreRate = 2e10;

    internal static HostRates Typical => new(CoreRate * Environment.ProcessorCount, CoreRate / 2 * Environment.ProcessorCount, 2e10, 1e-7);
}
