namespace EinsumNet.Backends.Gpu;

/// <summary>
/// A tile of a matrix product on tensor cores: each warp has a part of the tile, a stage of local memory holds one depth of both operands, and as many stages
/// but one are on their way while a warp multiplies.
/// <code>
/// for each stage but one:  ask for its depth
/// for each depth:  wait for it, barrier, ask for the depth that comes after all stages, multiply
/// write the sums
/// </code>
/// </summary>
sealed class MmaBody
{
    readonly IrBuilder _to;
    readonly TileProblem _problem;
    readonly TileShape _tile;
    readonly MmaKind _kind;
    readonly TileAxis _rows, _columns;
    readonly MmaSide _x, _y;
    readonly IrArray _sums;

    internal MmaBody(IrBuilder to, TileProblem problem, TileShape tile, MmaKind kind, TileAxis rows, TileAxis columns, Digits depth)
    {
        (_to, _problem, _tile, _kind, _rows, _columns) = (to, problem, tile, kind, rows, columns);
        _x = new MmaSide(to, "x", problem, problem.X, tile, tile.Rows, problem.Rows, problem.RowStart, problem.XStart, rows, depth, problem.XAlongDepth, problem.XRuns, kind);
        _y = new MmaSide(to, "y", problem, problem.Y, tile, tile.Columns, problem.Columns, problem.ColumnStart, problem.YStart, columns, depth, problem.YAlongDepth, problem.YRuns, kind);
        _sums = to.Registers("sums", kind.Sum, RowTiles * ColumnTiles * kind.SumRegisters);
    }

    int RowTiles => _tile.ThreadRows / _kind.Rows;

    int ColumnTiles => _tile.ThreadColumns / MmaKind.Columns;

    int Threads => _tile.Parts * MmaKind.Warp;

    /// <summary>All stages of both operands, and two tables of offsets on each axis.</summary>
    internal static int LocalBytes(TileShape tile, ElementType element) =>
        tile.Stages * element.Size() * (MmaSide.Elements(tile.Rows, tile.Depth, element) + MmaSide.Elements(tile.Columns, tile.Depth, element))
        + 2 * sizeof(long) * (tile.Rows + tile.Columns);

    internal void Write()
    {
        var thread = new BuiltinExpr(IrBuiltin.Thread);
        var (warp, lane) = (_to.Let("warp", thread / MmaKind.Warp), _to.Let("lane", thread % MmaKind.Warp));
        var (group, quad) = (_to.Let("group", lane / 4), _to.Let("quad", lane % 4));
        var warpColumns = _tile.Columns / _tile.ThreadColumns;
        var row = _to.Let("warp_row", warp / warpColumns * _tile.ThreadRows + group);
        var column = _to.Let("warp_column", warp % warpColumns * _tile.ThreadColumns);
        _rows.Fill(_to, _problem.RowStart, Threads);
        _columns.Fill(_to, _problem.ColumnStart, Threads);
        if (_rows.HasTables || _columns.HasTables) _to.Barrier();
        _to.Unrolled("i", _sums.Length, i => _to.Store(_sums, i, Elements.Zero(_kind.Sum)));

        for (var stage = 0; stage < _tile.Stages - 1; stage++) Ask(stage, _problem.From + stage * _tile.Depth);
        var current = _to.Variable("stage", 0);
        _to.For("k", _problem.From, _problem.To, _tile.Depth, k =>
        {
            _to.Add(new WaitCopiesStatement(_tile.Stages - 2));
            _to.Barrier();
            var next = _to.Let("next", new SelectExpr(IrExpr.Equal(current, 0), _tile.Stages - 1, current - 1));
            Ask(next, k + (_tile.Stages - 1) * _tile.Depth);
            Multiply(current, row, column + group, quad);
            _to.Set(current, new SelectExpr(IrExpr.Equal(current, _tile.Stages - 1), 0, current + 1));
        });
        WriteSums(row, column + quad * 2);
    }

    /// <summary>Every turn asks, for nothing at the end, so that a wait always counts the same number of groups.</summary>
    void Ask(IrExpr stage, IrExpr at)
    {
        _x.Ask(stage, at, Threads);
        _y.Ask(stage, at, Threads);
        _to.Add(new CommitCopiesStatement());
    }

    void Multiply(IrExpr stage, IrExpr row, IrExpr column, IrExpr quad)
    {
        var xs = _to.Registers("xs", _kind.Fragment, RowTiles * _kind.XRegisters);
        var ys = _to.Registers("ys", _kind.Fragment, ColumnTiles * _kind.YRegisters);
        _to.Unrolled("kk", _tile.Depth / _kind.Depth, kk =>
        {
            var depth = _to.Let("depth_at", kk * _kind.Depth + quad * _kind.PerRegister);
            _to.Unrolled("i", RowTiles, i =>
            {
                for (var r = 0; r < _kind.XRegisters; r++)
                    _to.Store(xs, i * _kind.XRegisters + r, _x.Fragment(stage, row + i * _kind.Rows + _kind.XRow(r), depth + _kind.XDepth(r)));
            });
            _to.Unrolled("j", ColumnTiles, j =>
            {
                for (var r = 0; r < _kind.YRegisters; r++)
                    _to.Store(ys, j * _kind.YRegisters + r, _y.Fragment(stage, column + j * MmaKind.Columns, depth + _kind.YDepth(r)));
            });
            _to.Unrolled("i", RowTiles, i => _to.Unrolled("j", ColumnTiles, j =>
                _to.Add(new MmaStatement(_kind, _sums, (i * ColumnTiles + j) * _kind.SumRegisters, xs, i * _kind.XRegisters, ys, j * _kind.YRegisters))));
        });
    }

    void WriteSums(IrExpr row, IrExpr column) => _to.Unrolled("i", RowTiles, i => _to.Unrolled("j", ColumnTiles, j =>
    {
        for (var r = 0; r < _kind.SumRegisters; r++)
        {
            var (m, n) = (_to.Let("row", row + i * _kind.Rows + MmaKind.SumRow(r)), _to.Let("column", column + j * MmaKind.Columns + r % 2));
            var sum = _sums[(i * ColumnTiles + j) * _kind.SumRegisters + r];
            _to.If((_problem.RowStart + m < _problem.Rows) & (_problem.ColumnStart + n < _problem.Columns), () =>
            {
                var place = _problem.ResultStart + _rows.Offset(MatrixShape.Result, _problem.RowStart, m) + _columns.Offset(MatrixShape.Result, _problem.ColumnStart, n);
                Elements.Write(_to, _problem.View.Result, place, sum, _problem.Plan.Result);
            });
        }
    }));
}
