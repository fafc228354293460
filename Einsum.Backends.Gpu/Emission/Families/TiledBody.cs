namespace EinsumNet.Backends.Gpu;

/// <summary>
/// A tile of a matrix product: while the threads multiply what lies in local memory, what comes next is on its way to their registers.
/// <code>
/// fetch x and y at the first depth
/// for each depth:  put them in local memory, barrier, fetch the next, multiply and add, barrier
/// write the sums
/// </code>
/// </summary>
static class TiledBody
{
    /// <summary>Elements between the rows of a tile in local memory: those of one column lie in different banks, and 16 bytes stay aligned.</summary>
    internal const int Padding = 4;

    internal static void Write(IrBuilder to, TileProblem problem, TileShape tile, TileAxis rows, TileAxis columns, TileAxis depth)
    {
        var (rowStart, columnStart) = (problem.RowStart, problem.ColumnStart);
        var arithmetic = problem.Plan.Element.Arithmetic();
        var (threads, thread) = (tile.Threads, new BuiltinExpr(IrBuiltin.Thread));
        var x = new Side(to, "x", tile.Rows, problem.X, problem.XStart, problem.Rows, rowStart, rows, problem.XAlongDepth, tile, problem);
        var y = new Side(to, "y", tile.Columns, problem.Y, problem.YStart, problem.Columns, columnStart, columns, problem.YAlongDepth, tile, problem);
        rows.Fill(to, rowStart, threads);
        columns.Fill(to, columnStart, threads);
        if ((rows.HasTables || columns.HasTables) && !depth.HasTables) to.Barrier();

        var (threadRow, threadColumn) = (to.Let("thread_row", thread / (tile.Columns / tile.ThreadColumns)), to.Let("thread_column", thread % (tile.Columns / tile.ThreadColumns)));
        var sums = to.Registers("sums", arithmetic, tile.ThreadRows * tile.ThreadColumns);
        to.Unrolled("i", tile.ThreadRows * tile.ThreadColumns, i => to.Store(sums, i, Elements.Zero(arithmetic)));
        Fetch(problem.From);
        to.For("k", problem.From, problem.To, tile.Depth, k =>
        {
            x.Put(to, tile);
            y.Put(to, tile);
            to.Barrier();
            to.If(k + tile.Depth < problem.To, () => Fetch(k + tile.Depth));
            Multiply();
            to.Barrier();
        });
        WriteSums();

        void Fetch(IrExpr at)
        {
            if (depth.HasTables)
            {
                depth.Fill(to, at, threads);
                to.Barrier();
            }
            x.Fetch(to, depth, at, tile, problem);
            y.Fetch(to, depth, at, tile, problem);
        }

        void Multiply()
        {
            var (xs, ys) = (to.Registers("xs", arithmetic, tile.ThreadRows), to.Registers("ys", arithmetic, tile.ThreadColumns));
            to.Unrolled("kk", tile.Depth, kk =>
            {
                x.Load(to, xs, kk, threadRow, tile.ThreadRows);
                y.Load(to, ys, kk, threadColumn, tile.ThreadColumns);
                to.Unrolled("i", tile.ThreadRows, i => to.Unrolled("j", tile.ThreadColumns, j =>
                    to.Store(sums, i * tile.ThreadColumns + j, new FmaExpr(xs[i], ys[j], sums[i * tile.ThreadColumns + j]))));
            });
        }

        void WriteSums() => to.Unrolled("i", tile.ThreadRows, i =>
        {
            var row = to.Let("row", x.Point(i, threadRow, tile.ThreadRows));
            to.If(rowStart + row < problem.Rows, () => to.Unrolled("j", tile.ThreadColumns, j =>
            {
                var column = to.Let("column", y.Point(j, threadColumn, tile.ThreadColumns));
                to.If(columnStart + column < problem.Columns, () =>
                {
                    var place = problem.ResultStart + rows.Offset(MatrixShape.Result, rowStart, row) + columns.Offset(MatrixShape.Result, columnStart, column);
                    Elements.Write(to, problem.View.Result, place, sums[i * tile.ThreadColumns + j], problem.Plan.Result);
                });
            }));
        });
    }

    /// <summary>One operand's way: fetched into registers, put into local memory, loaded from there as threads multiply.</summary>
    sealed class Side
    {
        readonly int _length, _operand, _run;
        readonly bool _alongDepth;
        readonly IrExpr _start, _count, _axisStart;
        readonly TileAxis _axis;
        readonly IrArray _tile, _next;

        internal Side(
            IrBuilder to, string name, int length, int operand, IrExpr start, IrExpr count, IrExpr axisStart, TileAxis axis, bool alongDepth, TileShape tile, TileProblem problem)
        {
            (_length, _operand, _start, _count, _axisStart, _axis, _alongDepth) = (length, operand, start, count, axisStart, axis, alongDepth);
            var arithmetic = problem.Plan.Element.Arithmetic();
            var perThread = name == "x" ? tile.ThreadRows : tile.ThreadColumns;
            // Neighbours that one instruction reads from local memory.
            _run = arithmetic is IrType.Float && perThread % 4 == 0 ? 4 : arithmetic is IrType.Double && perThread % 2 == 0 ? 2 : 1;
            _tile = to.Local($"{name}_tile", arithmetic.Storage(), tile.Depth * (length + Padding));
            _next = to.Registers($"{name}_next", arithmetic, length * tile.Depth / tile.Threads);
        }

        /// <summary>Where in the tile a thread's i-th point lies: runs of neighbours, a run of each thread after the other.</summary>
        internal IrExpr Point(IrExpr i, IrExpr thread, int perThread) =>
            _run == 1 ? i * (_length / perThread) + thread : i / _run * (_length / perThread * _run) + thread * _run + i % _run;

        internal void Fetch(IrBuilder to, TileAxis depth, IrExpr at, TileShape tile, TileProblem problem) => Each(to, tile, (e, point, k) =>
        {
            var place = _start + _axis.Offset(_operand, _axisStart, point) + depth.Offset(_operand, at, k);
            var inside = (_axisStart + point < _count) & (at + k < problem.To);
            var operand = problem.Plan.Operands[_operand];
            to.Store(_next, e, new SelectExpr(inside, Elements.Read(problem.View.Operands[_operand], place, operand, problem.Plan.Element), Elements.Zero(problem.Plan.Element.Arithmetic())));
        });

        internal void Put(IrBuilder to, TileShape tile) => Each(to, tile, (e, point, k) => to.Store(_tile, k * (_length + Padding) + point, _next[e]));

        internal void Load(IrBuilder to, IrArray registers, IrExpr k, IrExpr thread, int perThread) => to.Unrolled("r", perThread / _run, r =>
            to.LoadRun(registers, r * _run, _tile, k * (_length + Padding) + r * (_length / perThread * _run) + thread * _run, _run));

        /// <summary>The elements of the tile that this thread brings, so that neighbouring threads bring the operand's neighbours.</summary>
        void Each(IrBuilder to, TileShape tile, Action<IrExpr, IrExpr, IrExpr> body) => to.Unrolled("e", _length * tile.Depth / tile.Threads, e =>
        {
            var element = to.Let("element", e * tile.Threads + new BuiltinExpr(IrBuiltin.Thread));
            var (point, k) = _alongDepth ? (element / tile.Depth, element % tile.Depth) : (element % _length, element / _length);
            body(e, to.Let("point", point), to.Let("at", k));
        });
    }
}
