namespace EinsumNet.Backends.Gpu;

/// <summary>
/// A tile of a matrix product by warpgroups: each has 64 rows of the tile, or a part of its columns too. Halves are copied to local memory as they are, several depths ahead, and a
/// product may still be under way while the next is started; floats are rounded on their way, in registers, while the depth before is multiplied.
/// <code>
/// halves:  ask for all stages but two; for each depth: wait for it, barrier, ask for the depth two stages ahead of the last, multiply, wait for the product before
/// floats:  fetch and put the first; for each depth: barrier, fetch the next, multiply, wait, put the next in the other stage
/// write the sums
/// </code>
/// </summary>
sealed class WgmmaBody
{
    readonly IrBuilder _to;
    readonly TileProblem _problem;
    readonly TileShape _tile;
    readonly WgmmaKind _kind;
    readonly TileAxis _rows, _columns;
    readonly WgmmaSide _x, _y;
    readonly IrArray _sums;

    internal WgmmaBody(IrBuilder to, TileProblem problem, TileShape tile, WgmmaKind kind, TileAxis rows, TileAxis columns, Digits depth)
    {
        (_to, _problem, _tile, _kind, _rows, _columns) = (to, problem, tile, kind, rows, columns);
        _x = new WgmmaSide(to, "x", problem, problem.X, tile, tile.Rows, problem.Rows, problem.RowStart, problem.XStart, rows, depth, problem.XAlongDepth, kind);
        _y = new WgmmaSide(to, "y", problem, problem.Y, tile, tile.Columns, problem.Columns, problem.ColumnStart, problem.YStart, columns, depth, problem.YAlongDepth, kind);
        _sums = to.Registers("sums", IrType.Float, tile.ThreadColumns / 2);
    }

    int Threads => _tile.Parts * WgmmaKind.Threads;

    /// <summary>All stages of both operands, and two tables of offsets on each axis.</summary>
    internal static int LocalBytes(TileShape tile) => tile.Stages * WgmmaKind.LineBytes * (tile.Rows + tile.Columns) + 2 * sizeof(long) * (tile.Rows + tile.Columns);

    internal void Write()
    {
        var thread = new BuiltinExpr(IrBuiltin.Thread);
        var warpgroup = _to.Let("warpgroup", thread / WgmmaKind.Threads);
        var parts = _tile.Columns / _tile.ThreadColumns;
        var (row, column) = (_to.Let("part_row", warpgroup / parts * WgmmaKind.Rows), _to.Let("part_column", warpgroup % parts * _tile.ThreadColumns));
        _rows.Fill(_to, _problem.RowStart, Threads);
        _columns.Fill(_to, _problem.ColumnStart, Threads);
        if (_rows.HasTables || _columns.HasTables) _to.Barrier();
        _to.Unrolled("i", _sums.Length, i => _to.Store(_sums, i, Elements.Zero(IrType.Float)));
        if (_kind == WgmmaKind.Half) MultiplyHalves(row, column);
        else MultiplyRounded(row, column);
        var lane = _to.Let("lane", thread % MmaKind.Warp);
        WriteSums(_to.Let("warp_row", row + thread % WgmmaKind.Threads / MmaKind.Warp * 16 + lane / 4), _to.Let("first_column", column + lane % 4 * 2));
    }

    void MultiplyHalves(IrExpr row, IrExpr column)
    {
        var ahead = _tile.Stages - 2;
        for (var stage = 0; stage < ahead; stage++) Ask(stage, _problem.From + stage * _tile.Depth);
        var current = _to.Variable("stage", 0);
        _to.For("k", _problem.From, _problem.To, _tile.Depth, k =>
        {
            _to.Add(new WaitCopiesStatement(ahead - 1));
            Publish();
            // The product before the last is done, and its stage is free; the last may still be read.
            Ask(_to.Let("next", (current + ahead) % _tile.Stages), k + ahead * _tile.Depth);
            Multiply(current, row, column);
            _to.Add(new WaitProductsStatement(_x.IsPlain && _y.IsPlain ? 1 : 0, _sums));
            _to.Set(current, (current + 1) % _tile.Stages);
        });
        _to.Add(new WaitProductsStatement(0, _sums));
    }

    void MultiplyRounded(IrExpr row, IrExpr column)
    {
        Fetch(_problem.From);
        Put(0);
        var current = _to.Variable("stage", 0);
        _to.For("k", _problem.From, _problem.To, _tile.Depth, k =>
        {
            Publish();
            Fetch(k + _tile.Depth);
            Multiply(current, row, column);
            _to.Add(new WaitProductsStatement(0, _sums));
            _to.Set(current, 1 - current);
            Put(current);
        });
    }

    /// <summary>What threads wrote to local memory is there for all of them, and for the tensor cores, which reach it by a way of their own.</summary>
    void Publish()
    {
        _to.Add(new ShowToTensorCoresStatement());
        _to.Barrier();
    }

    /// <summary>Every turn asks, for nothing at the end, so that a wait always counts the same number of groups.</summary>
    void Ask(IrExpr stage, IrExpr at)
    {
        _x.Ask(stage, at, Threads);
        _y.Ask(stage, at, Threads);
        _to.Add(new CommitCopiesStatement());
    }

    void Fetch(IrExpr at)
    {
        _x.Fetch(at, Threads);
        _y.Fetch(at, Threads);
    }

    void Put(IrExpr stage)
    {
        _x.Put(stage, Threads);
        _y.Put(stage, Threads);
    }

    void Multiply(IrExpr stage, IrExpr row, IrExpr column)
    {
        _to.Add(new StartProductsStatement(_sums));
        for (var step = 0; step < _kind.LineLength / _kind.Step; step++)
            _to.Add(new WgmmaStatement(_kind, _tile.ThreadColumns, _sums, _x.Matrix(stage, row, step), _y.Matrix(stage, column, step)));
        _to.Add(new CommitProductsStatement());
    }

    void WriteSums(IrExpr row, IrExpr column) => _to.Unrolled("j", _tile.ThreadColumns / 8, j =>
    {
        for (var r = 0; r < 4; r++)
        {
            var (m, n) = (_to.Let("row", row + WgmmaKind.SumRow(r)), _to.Let("column", column + j * 8 + r % 2));
            var sum = _sums[j * 4 + r];
            _to.If((_problem.RowStart + m < _problem.Rows) & (_problem.ColumnStart + n < _problem.Columns), () =>
            {
                var place = _problem.ResultStart + _rows.Offset(MatrixShape.Result, _problem.RowStart, m) + _columns.Offset(MatrixShape.Result, _problem.ColumnStart, n);
                Elements.Write(_to, _problem.View.Result, place, sum, _problem.Plan.Result);
            });
        }
    });
}
