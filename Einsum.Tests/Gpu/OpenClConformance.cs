using EinsumNet.Backends.Cpu;
using EinsumNet.Tests.Conformance;
using EinsumNet.Tests.Many;

namespace EinsumNet.Tests.Gpu;

/// <summary>The GPU backend on an OpenCL device, as engines find it.</summary>
sealed class OpenClConformance : BackendConformance<OpenClConformance.Target>
{
    [OneTimeSetUp]
    public void RequireOpenCl() => TestDevices.RequireOpenCl();

    internal sealed class Target : IConformanceTarget
    {
        // Without a device every test is left out before it comes to this.
        public static EinsumOptions Options => new() { Backend = TestDevices.HasOpenCl ? TestDevices.Backend : CpuBackend.Default };

        public static ElementType[] Elements => Enum.GetValues<ElementType>();
    }
}

/// <summary>Lists of operands there.</summary>
sealed class OpenClManyConformance : ManyConformance<OpenClConformance.Target>
{
    [OneTimeSetUp]
    public void RequireOpenCl() => TestDevices.RequireOpenCl();
}

/// <summary>Products by groups there.</summary>
sealed class OpenClRaggedDot : RaggedDotConformance<OpenClConformance.Target>
{
    [OneTimeSetUp]
    public void RequireOpenCl() => TestDevices.RequireOpenCl();
}
