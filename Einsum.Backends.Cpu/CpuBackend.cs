using System.Collections.Immutable;

namespace EinsumNet.Backends.Cpu;

/// <summary>Runs einsums on the CPU with the machine's widest vectors and any number of threads.</summary>
public sealed class CpuBackend : EinsumBackend
{
    const int KernelCapacity = 4096;

    static readonly EmittedFamily s_emitted = new();

    readonly BoundedCache<KernelPlan, CpuKernel> _kernels = new(KernelCapacity);

    /// <summary>The backend that engines share unless they are given another.</summary>
    public static CpuBackend Default { get; } = new();

    /// <summary><c>cpu</c></summary>
    public override string Name => "cpu";

    internal override CacheStatistics KernelStatistics => _kernels.Statistics;

    internal override Executable Load(KernelProgram program, RunSettings settings)
    {
        if (settings.HasResident) throw GpuErrors.Resident("the backend is cpu, which reads and writes host memory only; ToHost() copies it");
        var (kernels, isGeneral) = (new CpuKernel[program.Steps.Length], false);
        for (var i = 0; i < kernels.Length; i++)
        {
            var plan = program.Steps[i].Plan;
            kernels[i] = settings.Specialise ? Kernel(plan) : KernelFamilies.CreateForAnySizes(plan, SimdWidth.Bits, ref isGeneral);
        }
        var context = new CpuContext(settings.MaxThreads, settings.Cancellation);
        // One step over the operands in their own order needs no table of values.
        return kernels.Length == 1 && IsInOrder(program.Steps[0].Operands, program.OperandCount)
            ? new SingleExecutable(kernels[0], context, isGeneral)
            : new CpuExecutable(program, kernels, context, isGeneral);
    }

    static bool IsInOrder(ImmutableArray<int> operands, int count)
    {
        for (var i = 0; i < operands.Length; i++)
            if (operands[i] != i) return false;
        return operands.Length == count;
    }

    internal override bool ComputesIn(ElementType arithmetic, ElementType element) => arithmetic == element || (arithmetic, element) == (ElementType.Float, ElementType.Half);

    /// <summary>Where each number is converted once on its way from or to memory. What is read again and again had better be converted once, too, and products of matrices run in tiles.</summary>
    internal override bool SuitsMixed(KernelPlan plan, int tensor, ElementType arithmetic, bool specialise)
    {
        if (!specialise || plan.Kind is KernelKind.Transpose or KernelKind.Contraction || !s_emitted.CanRun(plan)) return false;
        // A small result of operands that are of the arithmetic type is better left to the kernels for these.
        return (tensor == plan.Operands.Length && plan.Operands.Any(operand => operand.Element != arithmetic)) || plan.Iterations < 2 * TurnedShape.Elements(plan, tensor);
    }

    /// <summary>The columns of a register tile.</summary>
    internal override int PanelWidth(ElementType element) => element.FitsTiles() ? 2 * SimdWidth.Bits / 8 / element.Size() : 0;

    internal override void Share<TJob>(ref TJob job, int tasks, int maxThreads) => WorkerPool.Shared.Run(ref job, tasks, maxThreads, inOrder: true);

    internal override string Describe(KernelPlan plan) => KernelFamilies.For(plan).Name;

    internal CpuKernel Kernel(KernelPlan plan) => _kernels.GetOrAdd(plan, 0, static (plan, _) => KernelFamilies.Create(plan, SimdWidth.Bits));
}
