using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// <c>ij->ji</c> with any further labels: square tiles, of 32 x 32 elements unless another was measured to be faster, are read along the operand's neighbours and written along the result's, through local
/// memory whose rows are one longer, so that a column of it lies in as many banks as it has elements.
/// </summary>
sealed class TransposeFamily : GpuFamily
{
    /// <summary>Tiles, and how many rows of them a thread moves.</summary>
    static readonly TileShape[] s_tiles = [Tile(32, 4), Tile(32, 2), Tile(32, 8), Tile(64, 8), Tile(16, 1)];

    /// <summary>Below it most of a tile would be empty.</summary>
    const int LeastSide = 8;

    internal override string Name => "transpose";

    internal override bool CanRun(KernelPlan plan, EmitTarget target) => plan.Kind == KernelKind.Transpose && Along(plan, 0) is not null && Along(plan, 1) is not null;

    internal override bool Suits(KernelPlan plan, EmitTarget target) => Along(plan, 0)!.Extent >= LeastSide && Along(plan, 1)!.Extent >= LeastSide;

    static TileShape Tile(int side, int rows) => new(side, side, 1, rows, 1);

    internal override ImmutableArray<TileShape> Tiles(KernelPlan plan, EmitTarget target) =>
        [.. s_tiles.Where(tile => tile.Threads <= Math.Min(target.Limits.MaxGroupSize, target.Limits.MaxGroupX) && tile.Rows * (tile.Rows + 1) * Elements.Moved(plan).Size() <= target.Limits.LocalBytes)];

    internal override ImmutableArray<EmittedKernel> Emit(KernelPlan plan, KernelView view, EmitTarget target)
    {
        var shape = Choose(plan, target).Tile;
        var (side, threadRows, rows) = (shape.Rows, shape.ThreadRows, shape.Rows / shape.ThreadRows);
        var (body, sizes) = (new IrBuilder(), new SizeList(target.Options.Specialise));
        var (source, destination) = (Along(plan, 0)!, Along(plan, 1)!);
        var x = Digits.Of([source], "X", sizes, 2);
        var y = Digits.Of([destination], "Y", sizes, 2);
        var rest = plan with { Loops = [.. plan.Loops.Where(loop => loop != source && loop != destination)] };
        var outer = Digits.Of(LoopOrder.ByStride(rest, _ => true, 1, 0), "N", sizes, 2);

        var (thread, group) = (new BuiltinExpr(IrBuiltin.Thread), new BuiltinExpr(IrBuiltin.Group));
        var tilesX = body.Let("tiles_x", (x.Extents[0] + (side - 1)) / side);
        var tilesY = body.Let("tiles_y", (y.Extents[0] + (side - 1)) / side);
        var tiles = body.Let("tiles", group / tilesX);
        var (startX, startY) = (body.Let("start_x", group % tilesX * side), body.Let("start_y", tiles % tilesY * side));
        var digits = outer.Split(body, "n", body.Let("outer", tiles / tilesY));
        var (column, row) = (body.Let("column", thread % side), body.Let("row", thread / side));
        var (from, to) = (body.Let("from", outer.Offset(digits, 0)), body.Let("to", outer.Offset(digits, 1)));
        var tile = body.Local("tile", Elements.Moved(plan).Storage(), side * (side + 1));

        body.Unrolled("r", threadRows, r =>
        {
            var (i, j) = (body.Let("x", startX + column), body.Let("y", startY + row + r * rows));
            body.If((i < x.Extents[0]) & (j < y.Extents[0]), () =>
                body.Store(tile, (row + r * rows) * (side + 1) + column, Elements.ReadMoved(plan, view, from + i * x.Strides[0][0] + j * y.Strides[0][0])));
        });
        body.Barrier();
        body.Unrolled("r", threadRows, r =>
        {
            var (i, j) = (body.Let("x", startX + row + r * rows), body.Let("y", startY + column));
            body.If((i < x.Extents[0]) & (j < y.Extents[0]), () =>
                Elements.Write(body, view.Result, to + i * x.Strides[0][1] + j * y.Strides[0][1], tile[column * (side + 1) + row + r * rows], plan.Result));
        });
        var groups = checked((source.Extent + side - 1) / side * ((destination.Extent + side - 1) / side) * SecondStage.Count(rest));
        return [EmittedKernels.Create("transpose", body, view, sizes, Reach.NeedsWideIndex(plan), side * rows, groups, target)];
    }

    /// <summary>The longest loop that moves the tensor to its neighbours and the other one further.</summary>
    static Loop? Along(KernelPlan plan, int tensor) =>
        plan.Loops.Where(loop => loop.Strides[tensor] == 1 && loop.Strides[1 - tensor] != 1).MaxBy(loop => loop.Extent);
}
