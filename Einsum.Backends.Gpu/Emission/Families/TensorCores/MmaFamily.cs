using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// <c>bij,bjk->bik</c> on the tensor cores of sm_80 and later, with sums in float for Half, in double for double; for float only where a lower precision of the
/// factors was asked for. Tiles come by asynchronous copies, several depths ahead.
/// </summary>
sealed class MmaFamily : MatrixFamily
{
    const int LeastSm = 80;

    const int LeastSide = 16;

    static readonly TileShape[] s_half = [new(128, 128, 32, 64, 32, 3), new(64, 64, 32, 32, 32, 3), new(32, 32, 32, 16, 16, 3)];

    static readonly TileShape[] s_single = [new(128, 128, 16, 64, 32, 3), new(64, 64, 16, 32, 32, 3), new(32, 32, 16, 16, 16, 3)];

    static readonly TileShape[] s_double = [new(64, 64, 16, 32, 16, 3), new(32, 32, 16, 16, 16, 3)];

    internal override string Name => "tensor-core";

    internal override bool CanRun(KernelPlan plan, EmitTarget target) =>
        base.CanRun(plan, target) && HasKind(plan, target) && plan.LoopsOf(LoopRole.Contracted).Count() == 1;

    /// <summary>Whether the device has an instruction for the plan's elements.</summary>
    internal static bool HasKind(KernelPlan plan, EmitTarget target) =>
        target.Dialect == KernelDialect.Cuda && target.Limits.Sm >= LeastSm && Kind(plan, target.Options.Precision) is not null;

    /// <summary>The element type of both factors, where sums of their products can be written as the result's elements: halves and floats as either; null where there is none.</summary>
    internal static ElementType? Factor(KernelPlan plan)
    {
        if (plan.Operands is not [var first, var second] || first.Element != second.Element) return null;
        return first.Element == plan.Element || first.Element.Arithmetic() == IrType.Float && plan.Element.Arithmetic() == IrType.Float ? first.Element : null;
    }

    internal override bool Suits(KernelPlan plan, EmitTarget target) =>
        MatrixShape.Of(plan) is var shape && IsLarge(shape.RowCount, shape.ColumnCount, shape.DepthCount);

    internal static bool IsLarge(long rows, long columns, long depth) => Math.Min(Math.Min(rows, columns), depth) >= LeastSide;

    internal override ImmutableArray<TileShape> Tiles(KernelPlan plan, EmitTarget target) => TileModel.Order(MatrixShape.Of(plan), Fitting(plan, target), target.Limits);

    /// <summary>The tiles that the device can run.</summary>
    internal static IEnumerable<TileShape> Fitting(KernelPlan plan, EmitTarget target)
    {
        var factor = plan.Operands[0].Element;
        var all = factor switch { ElementType.Half => s_half, ElementType.Double => s_double, _ => s_single };
        return all.Where(tile => MmaBody.LocalBytes(tile, factor) <= target.Limits.LocalBytes && ThreadsOf(tile) <= target.Limits.MaxGroupSize);
    }

    protected override int Threads(TileShape tile) => ThreadsOf(tile);

    internal static int ThreadsOf(TileShape tile) => tile.Parts * MmaKind.Warp;

    protected override KernelView Seen(KernelPlan plan, KernelView view) => AsBits(plan, view);

    /// <summary>Halves are moved as their bits.</summary>
    internal static KernelView AsBits(KernelPlan plan, KernelView view)
    {
        if (plan.Operands[0].Element != ElementType.Half) return view;
        var operands = view.Operands.Select(operand => operand with { Element = ElementType.UShort }).ToImmutableArray();
        return view with { Operands = operands, Buffers = [.. operands, .. view.Buffers[operands.Length..]] };
    }

    protected override void Write(IrBuilder to, TileProblem problem, TileShape tile, TileAxis rows, TileAxis columns, Digits depth, bool wide, EmitTarget target) =>
        new MmaBody(to, problem, tile, Kind(problem.Plan, target.Options.Precision)!, rows, columns, depth).Write();

    internal static MmaKind? Kind(KernelPlan plan, MatrixPrecision precision) => (Factor(plan), precision) switch
    {
        (ElementType.Half, _) => MmaKind.Half,
        (ElementType.Double, _) => MmaKind.Double,
        (ElementType.Float, MatrixPrecision.Tf32) => MmaKind.Tf32,
        (ElementType.Float, MatrixPrecision.BFloat16) => MmaKind.BFloat16,
        _ => null,
    };
}
