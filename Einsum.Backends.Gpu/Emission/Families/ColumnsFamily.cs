using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// <c>ji->i</c>, <c>bji,bj->bi</c>, where the free labels walk through neighbours of the largest operand: neighbouring threads have neighbouring sums,
/// and several rows of threads share each sum.
/// </summary>
sealed class ColumnsFamily : GpuFamily
{
    const int Lanes = 8;

    static readonly ImmutableArray<TileShape> s_tiles = [ReductionShape.Tile(32, Lanes), ReductionShape.Tile(64, 4), ReductionShape.Tile(128, 2), ReductionShape.Tile(16, 16)];

    internal override string Name => "columns";

    internal override bool CanRun(KernelPlan plan, EmitTarget target) => plan.Operands.Length > 0 && plan.Extent(LoopRole.Contracted) > 0;

    internal override bool Suits(KernelPlan plan, EmitTarget target) =>
        plan.Extent(LoopRole.Contracted) >= 2 * Lanes && MainOperand.HasNeighbours(plan, MainOperand.Of(plan), role => role != LoopRole.Contracted);

    internal override ImmutableArray<EmittedKernel> Emit(KernelPlan plan, KernelView view, EmitTarget target)
    {
        var (tile, splits) = Choose(plan, target);
        return LaneSums.Emit("columns", plan, view, ReductionShape.Of(tile, splits, plan.Extent(LoopRole.Contracted)), lanesFirst: false, MainOperand.Of(plan), target);
    }

    internal override ImmutableArray<TileShape> Tiles(KernelPlan plan, EmitTarget target) => s_tiles;

    internal override ImmutableArray<int> Splits(KernelPlan plan, TileShape tile, EmitTarget target) =>
        ReductionShape.AllSplits(tile, plan.Iterations(role => role != LoopRole.Contracted), plan.Extent(LoopRole.Contracted), target.Limits);
}
