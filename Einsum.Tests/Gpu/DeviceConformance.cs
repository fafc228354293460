using EinsumNet.Backends.Cpu;
using EinsumNet.Tests.Conformance;
using EinsumNet.Tests.Many;

namespace EinsumNet.Tests.Gpu;

/// <summary>The GPU backend on the device that tests run on, as engines find it.</summary>
sealed class DeviceConformance : BackendConformance<DeviceConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();

    internal sealed class Target : IConformanceTarget
    {
        // Without a device every test is left out before it comes to this.
        public static EinsumOptions Options => new() { Backend = TestDevices.HasDevice ? TestDevices.Backend : CpuBackend.Default };

        public static ElementType[] Elements => Enum.GetValues<ElementType>();
    }
}

/// <summary>Lists of operands there.</summary>
sealed class DeviceManyConformance : ManyConformance<DeviceConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();
}

/// <summary>Products by groups there.</summary>
sealed class DeviceRaggedDot : RaggedDotConformance<DeviceConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();
}
