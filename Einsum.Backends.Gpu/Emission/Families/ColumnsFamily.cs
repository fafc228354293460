using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// <c>ji->i</c>, <c>bji,bj->bi</c>, where the free labels walk through neighbours of the largest operand: neighbouring threads have neighbouring sums,
/// and several rows of threads share each sum.
/// </summary>
sealed class ColumnsFamily : GpuFamily
{
    const int Sums = 32;

    const int Lanes = 8;

    internal override string Name => "columns";

    internal override bool CanRun(KernelPlan plan, EmitTarget target) => plan.Operands.Length > 0 && plan.Extent(LoopRole.Contracted) > 0;

    internal override bool Suits(KernelPlan plan, EmitTarget target) =>
        plan.Extent(LoopRole.Contracted) >= 2 * Lanes && MainOperand.HasNeighbours(plan, MainOperand.Of(plan), role => role != LoopRole.Contracted);

    internal override ImmutableArray<EmittedKernel> Emit(KernelPlan plan, KernelView view, EmitTarget target)
    {
        var (depth, count) = (plan.Extent(LoopRole.Contracted), plan.Iterations(role => role != LoopRole.Contracted));
        return LaneSums.Emit("columns", plan, view, ReductionShape.Of(Sums, Lanes, count, depth, target.Limits), lanesFirst: false, MainOperand.Of(plan), target);
    }
}
