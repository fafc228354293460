namespace EinsumNet.Backends.Gpu;

/// <summary>
/// One operand of a product on tensor cores: its stages in local memory, which lie there as they lie in global memory, so that 16 bytes at a time can be copied
/// where they are aligned, and its fragments.
/// </summary>
sealed class MmaSide
{
    const int CopyBytes = 16;

    readonly IrBuilder _to;
    readonly TileProblem _problem;
    readonly IrExpr _count, _axisStart, _start;
    readonly TileAxis _axis;
    readonly Digits _depth;
    readonly bool _alongDepth;
    readonly MmaKind _kind;
    readonly int _operand, _length, _depthLength, _pitch;
    readonly IrArray _tile, _source;
    readonly IrExpr? _isAligned;

    internal MmaSide(
        IrBuilder to, string name, TileProblem problem, int operand, TileShape tile, int length, IrExpr count, IrExpr axisStart, IrExpr start, TileAxis axis, Digits depth,
        bool alongDepth, TileRuns? runs, MmaKind kind)
    {
        (_to, _problem, _operand, _length, _count, _axisStart, _start, _axis, _depth) = (to, problem, operand, length, count, axisStart, start, axis, depth);
        (_alongDepth, _kind, _depthLength, _source) = (alongDepth, kind, tile.Depth, problem.View.Operands[operand]);
        var isAcross = runs?.IsAcross ?? axis.IsUnit(operand);
        _alongDepth = alongDepth || !isAcross;
        _pitch = Pitch(_alongDepth ? tile.Depth : length, problem.Plan.Operands[operand].Element, _alongDepth);
        _tile = to.Local($"{name}_tile", _source.Element, tile.Stages * Stage);
        if (runs?.AreWhole ?? !axis.HasTables && (alongDepth || isAcross) && AreMultiples(problem.Plan, operand, RunLength(_source.Element)))
            _isAligned = to.Let($"{name}_aligned", new IsAlignedExpr(_source, start, CopyBytes));
    }

    int Size => _source.Element.Size();

    /// <summary>Neighbours that one instruction copies.</summary>
    internal static int RunLength(ElementType element) => CopyBytes / element.Size();

    int Stage => (_alongDepth ? _length : _depthLength) * _pitch;

    /// <summary>The most elements of a stage, whichever way it lies.</summary>
    internal static int Elements(int length, int depth, ElementType element) =>
        Math.Max(length * Pitch(depth, element, alongDepth: true), depth * Pitch(length, element, alongDepth: false));

    /// <summary>
    /// From line to line: the eight groups and four quads of a warp, which read a word each, then hit different banks, and every line starts at a multiple
    /// of 16 bytes.
    /// </summary>
    static int Pitch(int along, ElementType element, bool alongDepth) => along + (element is ElementType.Half || element == ElementType.Float && !alongDepth ? 8 : 4);

    /// <summary>Whether all strides but that of neighbours are multiples of a count, so that every line is aligned if the first is.</summary>
    internal static bool AreMultiples(KernelPlan plan, int operand, int count) =>
        plan.Loops.Where(loop => loop.Role != LoopRole.Batch && loop.Strides[operand] is not (0 or 1)).All(loop => loop.Strides[operand] % count == 0);

    /// <summary>Starts the copies of one depth into a stage.</summary>
    internal void Ask(IrExpr stage, IrExpr at, int threads)
    {
        if (_isAligned is null)
        {
            Copy(stage, at, threads, 1);
            return;
        }
        _to.If(_isAligned, () => Copy(stage, at, threads, CopyBytes / Size));
        _to.If(new BinaryExpr(IrType.Flag, IrOp.Equal, _isAligned, new WholeExpr(IrType.Flag, 0)), () => Copy(stage, at, threads, 1));
    }

    void Copy(IrExpr stage, IrExpr at, int threads, int run)
    {
        var along = (_alongDepth ? _depthLength : _length) / run;
        var total = along * (_alongDepth ? _length : _depthLength);
        _to.Unrolled("e", total / threads, e =>
        {
            var element = _to.Let("element", e * threads + new BuiltinExpr(IrBuiltin.Thread));
            var (line, inLine) = (_to.Let("line", element / along), _to.Let("in_line", element % along * run));
            var (point, k) = _alongDepth ? (line, inLine) : (inLine, line);
            var place = _start + _axis.Offset(_operand, _axisStart, point) + (at + k) * _depth.Strides[0][_operand];
            var (points, depths) = (_count - (_axisStart + point), _problem.To - (at + k));
            var inside = (new WholeExpr(IrType.Index, 0) < points) & (new WholeExpr(IrType.Index, 0) < depths);
            var localPlace = stage * Stage + line * _pitch + inLine;
            if (run * Size < 4)
            {
                // No instruction copies two bytes.
                _to.Store(_tile, localPlace, new SelectExpr(inside, _source[place], new WholeExpr(IrType.UInt, 0)));
                return;
            }
            var left = run == 1 ? 1 : IrExpr.Min(_to.Let("left", _alongDepth ? depths : points), run);
            _to.Add(new CopyAsyncStatement(_tile, localPlace, _source, place, run, _to.Let("valid", new SelectExpr(inside, left, 0))));
        });
    }

    /// <summary>A register of a fragment: the elements at a point from a depth on.</summary>
    internal IrExpr Fragment(IrExpr stage, IrExpr point, IrExpr depth)
    {
        var place = stage * Stage + (_alongDepth ? point * _pitch + depth : depth * _pitch + point);
        var next = place + (_alongDepth ? 1 : _pitch);
        if (_kind == MmaKind.Half)
            return _alongDepth ? new LoadWordExpr(_tile, place) : new BinaryExpr(IrType.UInt, IrOp.Or, _tile[place], new BinaryExpr(IrType.UInt, IrOp.ShiftLeft, _tile[next], new WholeExpr(IrType.UInt, 16)));
        if (_kind == MmaKind.BFloat16) return new CallExpr(IrType.UInt, "bf16x2_of", [_tile[place], _tile[next]]);
        return _kind == MmaKind.Tf32 ? new CallExpr(IrType.UInt, "tf32_of", [_tile[place]]) : _tile[place];
    }
}
