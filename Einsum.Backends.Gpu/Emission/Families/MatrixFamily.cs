using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// <c>bij,bjk->bik</c> by tiles: each group computes a tile of the result. Where there are too few tiles to fill the device, the sums are split over
/// groups and added up by a second launch.
/// </summary>
abstract class MatrixFamily : GpuFamily
{
    internal override bool CanRun(KernelPlan plan, EmitTarget target) => plan.Kind == KernelKind.Contraction && plan.Extent(LoopRole.Contracted) > 0;

    string Entry => Name.Replace('-', '_');

    /// <summary>Threads of a group.</summary>
    protected abstract int Threads(TileShape tile);

    /// <summary>The tensors as the family's kernels read them.</summary>
    protected virtual KernelView Seen(KernelPlan plan, KernelView view) => view;

    /// <summary>Writes what a group does for a tile.</summary>
    protected abstract void Write(IrBuilder to, TileProblem problem, TileShape tile, TileAxis rows, TileAxis columns, Digits depth, bool wide, EmitTarget target);

    internal override ImmutableArray<EmittedKernel> Emit(KernelPlan plan, KernelView view, EmitTarget target)
    {
        var shape = MatrixShape.Of(plan);
        var (tile, splits) = Choose(plan, target);
        var steps = (shape.DepthCount + tile.Depth - 1) / tile.Depth;
        var chunk = (steps + splits - 1) / splits * tile.Depth;
        var count = (shape.DepthCount + chunk - 1) / chunk;
        if (count == 1) return [One(Entry, plan, view, tile, 1, chunk, 0, target)];
        var bytes = SecondStage.Bytes(plan, count);
        return
        [
            One(Entry + "_part", SecondStage.First(plan), view.Partial(SecondStage.Element(plan)), tile, count, chunk, bytes, target),
            SecondStage.Emit(plan, view, count, target),
        ];
    }

    internal override ImmutableArray<int> Splits(KernelPlan plan, TileShape tile, EmitTarget target)
    {
        var shape = MatrixShape.Of(plan);
        var model = TileModel.Splits(shape, tile, target.Limits);
        return [model, .. TileModel.Splits(shape, tile).Where(splits => splits != model)];
    }

    EmittedKernel One(string name, KernelPlan plan, KernelView view, TileShape tile, long splits, long chunk, long scratchBytes, EmitTarget target)
    {
        view = Seen(plan, view);
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
        var (rowStart, columnStart) = (body.Let("row_start", rest % rowTiles * tile.Rows), body.Let("column_start", group % columnTiles * tile.Columns));
        var outer = body.Let("outer", rest / rowTiles);
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
            plan, view, shape.X, shape.Y, rowCount, columnCount, rowStart, columnStart, from, to,
            body.Let("x_start", batch.Offset(batches, shape.X)), body.Let("y_start", batch.Offset(batches, shape.Y)), body.Let("out_start", batch.Offset(batches, MatrixShape.Result) + partial),
            shape.IsAlongDepth(shape.X), shape.IsAlongDepth(shape.Y));
        Write(
            body, problem, tile,
            new TileAxis(body, "row", rows, tile.Rows, wide, shape.X, MatrixShape.Result),
            new TileAxis(body, "column", columns, tile.Columns, wide, shape.Y, MatrixShape.Result),
            depth, wide, target);
        var groups = checked((shape.RowCount + tile.Rows - 1) / tile.Rows * ((shape.ColumnCount + tile.Columns - 1) / tile.Columns) * shape.BatchCount * splits);
        return EmittedKernels.Create(name, body, view, sizes, wide, Threads(tile), groups, target, scratchBytes);
    }
}
