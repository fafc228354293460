using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// <c>bij,bjk->bik</c> on the tensor cores of sm_90a, fed from swizzled local memory: Half, and float where a lower precision of the factors was asked for, with sums in float.
/// </summary>
sealed class WgmmaFamily : MatrixFamily
{
    /// <summary>Below it most of a tile would be empty, and warps by themselves do better.</summary>
    const int LeastSide = 64;

    static readonly TileShape[] s_half = [new(128, 256, 64, 64, 256, 4), new(128, 128, 64, 64, 128, 4), new(64, 64, 64, 64, 64, 4)];

    static readonly TileShape[] s_tf32 = [new(128, 128, 32, 64, 128, 2), new(64, 64, 32, 64, 64, 2)];

    static readonly TileShape[] s_bfloat16 = [new(128, 128, 64, 64, 128, 2), new(64, 64, 64, 64, 64, 2)];

    internal override string Name => "warpgroup";

    internal override bool CanRun(KernelPlan plan, EmitTarget target) =>
        base.CanRun(plan, target) && target.Dialect == KernelDialect.Cuda && target.Limits.HasWgmma && Kind(plan, target.Options.Precision) is not null
        && plan.LoopsOf(LoopRole.Contracted).Length == 1;

    internal override bool Suits(KernelPlan plan, EmitTarget target) =>
        MatrixShape.Of(plan) is { RowCount: >= LeastSide, ColumnCount: >= LeastSide, DepthCount: >= LeastSide };

    internal override ImmutableArray<TileShape> Tiles(KernelPlan plan, EmitTarget target)
    {
        var kind = Kind(plan, target.Options.Precision)!;
        var all = kind == WgmmaKind.Half ? s_half : kind == WgmmaKind.Tf32 ? s_tf32 : s_bfloat16;
        return TileModel.Order(MatrixShape.Of(plan), all.Where(tile => WgmmaBody.LocalBytes(tile) <= target.Limits.LocalBytes && Threads(tile) <= target.Limits.MaxGroupSize), target.Limits);
    }

    protected override int Threads(TileShape tile) => tile.Parts * WgmmaKind.Threads;

    protected override KernelView Seen(KernelPlan plan, KernelView view) => MmaFamily.AsBits(plan, view);

    protected override void Write(IrBuilder to, TileProblem problem, TileShape tile, TileAxis rows, TileAxis columns, Digits depth, bool wide, EmitTarget target) =>
        new WgmmaBody(to, problem, tile, Kind(problem.Plan, target.Options.Precision)!, rows, columns, depth).Write();

    static WgmmaKind? Kind(KernelPlan plan, MatrixPrecision precision) => (MmaFamily.Factor(plan), precision) switch
    {
        (ElementType.Half, _) => WgmmaKind.Half,
        (ElementType.Float, MatrixPrecision.Tf32) => WgmmaKind.Tf32,
        (ElementType.Float, MatrixPrecision.BFloat16) => WgmmaKind.BFloat16,
        _ => null,
    };
}
