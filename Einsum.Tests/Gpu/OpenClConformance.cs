using EinsumNet.Backends.Gpu;
using EinsumNet.Tests.Conformance;

namespace EinsumNet.Tests.Gpu;

/// <summary>The GPU backend on an OpenCL device, as engines find it.</summary>
sealed class OpenClConformance : BackendConformance<OpenClConformance.Target>
{
    internal sealed class Target : IConformanceTarget
    {
        public static EinsumOptions Options => new() { Backend = TestDevices.Backend };

        public static ElementType[] Elements => Enum.GetValues<ElementType>();
    }
}
