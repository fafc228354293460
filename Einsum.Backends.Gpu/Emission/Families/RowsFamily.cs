using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// <c>ij->i</c>, <c>bij,bj->bi</c>, <c>bi,bi->b</c>, <c>i,i,i-></c>, where the contracted labels walk through neighbours of the largest operand: the threads
/// of a row read it together.
/// </summary>
sealed class RowsFamily : GpuFamily
{
    const int WarpLanes = 32;

    const int GroupThreads = 256;

    /// <summary>Above it a whole group works on one row.</summary>
    const int LongRow = 2048;

    static readonly int[] s_lanes = [WarpLanes, 64, 128, GroupThreads];

    internal override string Name => "rows";

    internal override bool CanRun(KernelPlan plan, EmitTarget target) => plan.Operands.Length > 0 && plan.Extent(LoopRole.Contracted) > 0;

    internal override bool Suits(KernelPlan plan, EmitTarget target) =>
        plan.Extent(LoopRole.Contracted) is var depth && (depth >= WarpLanes && MainOperand.HasNeighbours(plan, MainOperand.Of(plan), role => role == LoopRole.Contracted)
            || depth >= LongRow && SecondStage.Count(plan) < target.Limits.ComputeUnits);

    internal override ImmutableArray<EmittedKernel> Emit(KernelPlan plan, KernelView view, EmitTarget target)
    {
        var (tile, splits) = Choose(plan, target);
        return LaneSums.Emit("rows", plan, view, ReductionShape.Of(tile, splits, plan.Extent(LoopRole.Contracted)), lanesFirst: true, MainOperand.Of(plan), target);
    }

    internal override ImmutableArray<TileShape> Tiles(KernelPlan plan, EmitTarget target)
    {
        var (depth, count) = (plan.Extent(LoopRole.Contracted), plan.Iterations(role => role != LoopRole.Contracted));
        var model = depth > LongRow || depth > GroupThreads && count < target.Limits.ComputeUnits * GroupThreads ? GroupThreads : WarpLanes;
        return [.. s_lanes.OrderByDescending(lanes => lanes == model).Select(lanes => ReductionShape.Tile(GroupThreads / lanes, lanes))];
    }

    internal override ImmutableArray<int> Splits(KernelPlan plan, TileShape tile, EmitTarget target) =>
        ReductionShape.AllSplits(tile, plan.Iterations(role => role != LoopRole.Contracted), plan.Extent(LoopRole.Contracted), target.Limits);
}
