using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// <c>bij,bjk->bik</c> with any number of loops in each role and any strides: a group computes a tile of the result from tiles of the operands in local
/// memory, each thread a smaller one in registers. Where there are too few tiles to fill the device, the sums are split over groups.
/// </summary>
sealed class TiledFamily : GpuFamily
{
    /// <summary>Below it most of a tile would be empty.</summary>
    const int LeastSide = 4;

    internal override string Name => "tiled";

    internal override bool CanRun(KernelPlan plan, EmitTarget target) => plan.Kind == KernelKind.Contraction && plan.Extent(LoopRole.Contracted) > 0;

    internal override bool Suits(KernelPlan plan, EmitTarget target) => MatrixShape.Of(plan) is { RowCount: >= LeastSide, ColumnCount: >= LeastSide };

    internal override ImmutableArray<TileShape> Tiles(KernelPlan plan, EmitTarget target) => TileModel.Candidates(MatrixShape.Of(plan), plan.Element.Arithmetic(), target.Limits);

    internal override ImmutableArray<EmittedKernel> Emit(KernelPlan plan, KernelView view, EmitTarget target)
    {
        var shape = MatrixShape.Of(plan);
        var tile = target.Options.Tile ?? Tiles(plan, target)[0];
        var splits = target.Options.Splits ?? TileModel.Splits(shape, tile, target.Limits);
        var steps = (shape.DepthCount + tile.Depth - 1) / tile.Depth;
        var chunk = (steps + splits - 1) / splits * tile.Depth;
        var count = (shape.DepthCount + chunk - 1) / chunk;
        if (count == 1) return [One("tiled", plan, view, tile, 1, chunk, 0, target)];
        var bytes = SecondStage.Bytes(plan, count);
        return
        [
            One("tiled_part", SecondStage.First(plan), view.Partial(SecondStage.Element(plan)), tile, count, chunk, bytes, target),
            SecondStage.Emit(plan, view, count, target),
        ];
    }

    static EmittedKernel One(string name, KernelPlan plan, KernelView view, TileShape tile, long splits, long chunk, long scratchBytes, EmitTarget target)
    {
        var (body, sizes) = (new IrBuilder(), new SizeList(target.Options.Specialise, units: true));
        var shape = MatrixShape.Of(plan);
        var rows = Digits.Of(shape.Rows, "M", sizes, 3);
        var columns = Digits.Of(shape.Columns, "N", sizes, 3);
        var depth = Digits.Of(shape.Depth, "K", sizes, 3);
        var batch = Digits.Of(shape.Batch, "B", sizes, 3);
        var wide = Reach.NeedsWideIndex(plan) || scratchBytes > Reach.Limit;

        var group = new BuiltinExpr(IrBuiltin.Group);
        var (rowCount, columnCount, depthCount) = (rows.Extent(body, "rows"), columns.Extent(body, "columns"), depth.Extent(body, "depth"));
        var columnTiles = body.Let("column_tiles", (columnCount + (tile.Columns - 1)) / tile.Columns);
        var rowTiles = body.Let("row_tiles", (rowCount + (tile.Rows - 1)) / tile.Rows);
        var rest = body.Let("tile", group / columnTiles);
        var start = (Row: body.Let("row_start", rest % rowTiles * tile.Rows), Column: body.Let("column_start", group % columnTiles * tile.Columns));
        IrExpr outer = body.Let("outer", rest / rowTiles);
        IrExpr from = 0, to = depthCount, partial = 0;
        if (splits > 1)
        {
            var (s, step) = (sizes.Extent("S", splits), sizes.Extent("CHUNK", chunk));
            var split = body.Let("split", outer % s);
            outer = body.Let("batch", outer / s);
            from = body.Let("from", split * step);
            to = body.Let("to", IrExpr.Min(from + step, depthCount));
            partial = split * sizes.Extent("COUNT", SecondStage.Count(plan));
        }
        var batches = batch.Split(body, "b", outer);
        var problem = new TileProblem(
            plan, view, shape.X, shape.Y, rowCount, columnCount, from, to,
            body.Let("x_start", batch.Offset(batches, shape.X)), body.Let("y_start", batch.Offset(batches, shape.Y)), body.Let("out_start", batch.Offset(batches, MatrixShape.Result) + partial),
            shape.IsAlongDepth(shape.X), shape.IsAlongDepth(shape.Y));
        TiledBody.Write(
            body, problem, tile, start.Row, start.Column,
            new TileAxis(body, "row", rows, tile.Rows, wide, shape.X, MatrixShape.Result),
            new TileAxis(body, "column", columns, tile.Columns, wide, shape.Y, MatrixShape.Result),
            new TileAxis(body, "depth", depth, tile.Depth, wide, 0, 1));
        var groups = checked((shape.RowCount + tile.Rows - 1) / tile.Rows * ((shape.ColumnCount + tile.Columns - 1) / tile.Columns) * shape.BatchCount * splits);
        return EmittedKernels.Create(name, body, view, sizes, wide, tile.Threads, groups, target, scratchBytes);
    }
}
