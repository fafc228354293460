namespace EinsumNet.Tests.Functions;

/// <summary>Functions on an engine of the processor that is not the default one.</summary>
[Parallelizable(ParallelScope.All)]
sealed class CpuFunctionConformance : FunctionConformance<CpuFunctionConformance.Target>
{
    internal sealed class Target : IFunctionTarget
    {
        public static EinsumEngine Engine { get; } = new(new EinsumOptions { MaxThreads = 1 });

        public static int Graphs => 20;

        public static int MappedOf => 1;

        public static bool HasFewSizes => false;
    }
}
