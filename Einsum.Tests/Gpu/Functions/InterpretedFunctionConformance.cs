using EinsumNet.Backends.Gpu;
using EinsumNet.Functions;
using EinsumNet.Tests.Functions;

namespace EinsumNet.Tests.Gpu;

/// <summary>
/// Functions by the interpreter of kernels, which refuses races, reads of what was never written, and places outside of buffers.
/// </summary>
[Parallelizable(ParallelScope.All)]
sealed class InterpretedFunctionConformance : FunctionConformance<InterpretedFunctionConformance.Target>
{
    internal sealed class Target : IFunctionTarget
    {
        public static EinsumEngine Engine { get; } = new(new EinsumOptions { Backend = new InterpretedBackend(Limits.Card, KernelDialect.OpenCL) });

        public static int Graphs => 60;

        public static int MappedOf => 1;

        public static bool HasFewSizes => false;
    }
}

/// <summary>Loops by the interpreter of kernels.</summary>
[Parallelizable(ParallelScope.All)]
sealed class InterpretedLoopTests : LoopTests<InterpretedFunctionConformance.Target>;

/// <summary>Mapped operations by the interpreter of kernels.</summary>
[Parallelizable(ParallelScope.All)]
sealed class InterpretedMappedOperationTests : MappedOperationTests<InterpretedFunctionConformance.Target>;

/// <summary>Layers by the interpreter of kernels.</summary>
[Parallelizable(ParallelScope.All)]
sealed class InterpretedLayerTests : LayerTests<InterpretedFunctionConformance.Target>;

/// <summary>Values at the ends of their types by the interpreter of kernels.</summary>
[Parallelizable(ParallelScope.All)]
sealed class InterpretedValueTests : ValueTests<InterpretedFunctionConformance.Target>;

/// <summary>Whiles by the interpreter of kernels.</summary>
[Parallelizable(ParallelScope.All)]
sealed class InterpretedWhileTests : WhileTests<InterpretedFunctionConformance.Target>;
