using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Conformance;

/// <summary>The CPU backend as engines find it.</summary>
sealed class CpuConformance : BackendConformance<CpuConformance.Target>
{
    internal sealed class Target : IConformanceTarget
    {
        public static EinsumOptions Options => new() { Backend = CpuBackend.Default };

        public static ElementType[] Elements => Enum.GetValues<ElementType>();
    }
}

/// <summary>The CPU backend on the caller's thread alone.</summary>
sealed class CpuOneThreadConformance : BackendConformance<CpuOneThreadConformance.Target>
{
    internal sealed class Target : IConformanceTarget
    {
        public static EinsumOptions Options => CpuConformance.Target.Options with { MaxThreads = 1 };

        public static ElementType[] Elements => CpuConformance.Target.Elements;
    }
}

/// <summary>The CPU backend on a number of threads that divides nothing evenly.</summary>
sealed class CpuThreeThreadsConformance : BackendConformance<CpuThreeThreadsConformance.Target>
{
    internal sealed class Target : IConformanceTarget
    {
        public static EinsumOptions Options => CpuConformance.Target.Options with { MaxThreads = 3, PathFinder = PathFinder.Greedy };

        public static ElementType[] Elements => CpuConformance.Target.Elements;
    }
}
