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
        var (hasHalves, hasNests) = (false, false);
        for (var i = 0; i < kernels.Length; i++)
        {
            var plan = program.Steps[i].Plan;
            kernels[i] = settings.Specialise ? Kernel(plan) : KernelFamilies.CreateForAnySizes(plan, SimdWidth.Bits, ref isGeneral);
            hasHalves |= plan is { Kind: KernelKind.Transpose, Operands: [{ Element: ElementType.Half }] };
            hasNests |= plan.Kind is not (KernelKind.Transpose or KernelKind.Contraction);
        }
        // With kernels for these sizes fewer copies would be converted.
        isGeneral |= !settings.Specialise && hasHalves && hasNests;
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

    /// <summary>
    /// Those whose numbers are converted once on their way from or to memory, in vectors. What is read again and again had better be converted once, too, and products of matrices run in tiles.
    /// </summary>
    internal override bool[] Unconverted(KernelPlan plan, ElementType arithmetic, bool specialise)
    {
        const double few = 256;
        var none = new bool[plan.Operands.Length + 1];
        if (!specialise || plan.Kind is KernelKind.Transpose or KernelKind.Contraction) return none;
        bool[] stays = [.. Enumerable.Range(0, plan.Operands.Length).Select(operand => plan.Iterations < 2 * TurnedShape.Elements(plan, operand)), true];
        var mixed = plan with { Operands = [.. plan.Operands.Zip(stays, (operand, stays) => stays ? operand : operand with { Element = arithmetic })] };
        if (!s_emitted.CanRun(mixed)) return none;
        // The family that turns tensors takes one type, and a small result of operands of the arithmetic type is better left to the kernels for these.
        if (!mixed.IsOfOneType && TurnedShape.Of(plan.Of(arithmetic)) is not null) return none;
        if (mixed.Operands.All(operand => operand.Element == arithmetic) && plan.Iterations >= 2 * TurnedShape.Elements(plan, plan.Operands.Length)) return none;
        return plan.Iterations <= few || TurnedShape.Of(mixed) is not null || NestSchedule.Make(mixed, SimdWidth.Bits).Lanes > 1 ? stays : none;
    }

    /// <summary>The columns of a register tile.</summary>
    internal override int PanelWidth(ElementType element) => element.FitsTiles() ? 2 * SimdWidth.Bits / 8 / element.Size() : 0;

    internal override void Share<TJob>(ref TJob job, int tasks, int maxThreads) => WorkerPool.Shared.Run(ref job, tasks, maxThreads, inOrder: true);

    internal override string Describe(KernelPlan plan) => KernelFamilies.For(plan).Name;

    internal CpuKernel Kernel(KernelPlan plan) => _kernels.GetOrAdd(plan, 0, static (plan, _) => KernelFamilies.Create(plan, SimdWidth.Bits));
}
