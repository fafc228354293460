namespace EinsumNet.Backends.Gpu;

/// <summary>
/// One operand of a product by warpgroups: its stages in swizzled local memory, halves in lines as they lie in global memory, along the depth or across it, all else along the depth.
/// </summary>
sealed class WgmmaSide
{
    readonly IrBuilder _to;
    readonly TileProblem _problem;
    readonly IrExpr _count, _axisStart, _start;
    readonly TileAxis _axis;
    readonly Digits _depth;
    readonly bool _alongDepth, _linesAcross;
    readonly WgmmaKind _kind;
    readonly int _operand, _length;
    readonly IrArray _source, _tile;
    readonly IrArray? _next;
    readonly IrExpr? _isAligned;

    internal WgmmaSide(
        IrBuilder to, string name, TileProblem problem, int operand, TileShape tile, int length, IrExpr count, IrExpr axisStart, IrExpr start, TileAxis axis, Digits depth,
        bool alongDepth, WgmmaKind kind)
    {
        (_to, _problem, _operand, _length, _count, _axisStart, _start, _axis, _depth) = (to, problem, operand, length, count, axisStart, start, axis, depth);
        (_alongDepth, _kind, _source) = (alongDepth || !axis.IsUnit(operand), kind, problem.View.Operands[operand]);
        _linesAcross = kind == WgmmaKind.Half && !_alongDepth;
        _tile = to.Local($"{name}_tile", kind.Stored, tile.Stages * Stage, WgmmaKind.Lines * WgmmaKind.LineBytes);
        if (kind != WgmmaKind.Half) _next = to.Registers($"{name}_next", IrType.Float, length * kind.LineDepth / (tile.Parts * WgmmaKind.Threads));
        else if (!axis.HasTables && (alongDepth || _linesAcross) && MmaSide.AreMultiples(problem.Plan, operand, Run)) _isAligned = to.Let($"{name}_aligned", new IsAlignedExpr(_source, start, WgmmaKind.ChunkBytes));
    }

    /// <summary>
    /// Whether it lies along the depth and is copied as it lies. Otherwise the copies take so much code or so many registers that NVRTC 12.4 moves sums about between the start and the end of
    /// a product, and so has it end first.
    /// </summary>
    internal bool IsPlain => _isAligned is not null && !_linesAcross;

    int Stage => _length * _kind.LineLength;

    /// <summary>Halves that one instruction copies.</summary>
    int Run => WgmmaKind.ChunkBytes / _kind.Stored.Size();

    /// <summary>From so many rows or columns as a line across the depth has to the next.</summary>
    int Block => _kind.LineDepth * _kind.LineLength;

    /// <summary>What an instruction reads from a point on, which is a multiple of 64.</summary>
    internal WgmmaMatrix Matrix(IrExpr stage, IrExpr point, int step) => _linesAcross
        ? new(_tile, stage * Stage + point / _kind.LineLength * Block + step * _kind.Depth * _kind.LineLength, Block * _kind.Stored.Size())
        : new(_tile, stage * Stage + point * _kind.LineLength + step * _kind.Step, 0);

    /// <summary>Where in a stage a point lies at a depth, in what is stored.</summary>
    IrExpr Near(IrExpr point, IrExpr at) => _linesAcross ? point / _kind.LineLength * Block + _kind.Place(at, point % _kind.LineLength) : _kind.Place(point, at);

    /// <summary>Starts the copies of one depth into a stage, or makes them where there is no instruction for how the operand lies.</summary>
    internal void Ask(IrExpr stage, IrExpr at, int threads)
    {
        if (_isAligned is null)
        {
            Move(stage, at, threads);
            return;
        }
        _to.If(_isAligned, () => Copy(stage, at, threads));
        _to.If(new BinaryExpr(IrType.Flag, IrOp.Equal, _isAligned, new WholeExpr(IrType.Flag, 0)), () => Move(stage, at, threads));
    }

    void Copy(IrExpr stage, IrExpr at, int threads) => _to.Unrolled("e", _length * _kind.LineLength / Run / threads, e =>
    {
        var element = _to.Let("element", e * threads + new BuiltinExpr(IrBuiltin.Thread));
        var along = (_linesAcross ? _length : _kind.LineLength) / Run;
        var (line, run) = (_to.Let("line", element / along), _to.Let("run", element % along * Run));
        var (point, part) = _linesAcross ? (run, line) : (line, run);
        var k = _to.Let("k", at + part);
        var left = IrExpr.Min(_to.Let("left", _linesAcross ? _count - (_axisStart + point) : _problem.To - k), Run);
        _to.Add(new CopyAsyncStatement(_tile, stage * Stage + Near(point, part), _source, Place(point, k), Run, _to.Let("valid", new SelectExpr(IsInside(point, k), left, 0))));
    });

    /// <summary>Not unrolled: beside the sums there are no registers for so many halves at once.</summary>
    void Move(IrExpr stage, IrExpr at, int threads) => _to.For("e", new BuiltinExpr(IrBuiltin.Thread), _length * _kind.LineLength, threads, element => Part(element, _kind.LineLength, (point, word) =>
    {
        var k = _to.Let("k", at + word);
        _to.Store(_tile, stage * Stage + Near(point, word), new SelectExpr(IsInside(point, k), _source[Place(point, k)], new WholeExpr(IrType.UInt, 0)));
    }));

    /// <summary>Fetches one depth to registers.</summary>
    internal void Fetch(IrExpr at, int threads) => Each(threads, _kind.LineLength, (e, point, word) =>
    {
        for (var i = 0; i < _kind.PerStored; i++)
        {
            var k = _to.Let("k", at + word * _kind.PerStored + i);
            _to.Store(_next!, e * _kind.PerStored + i, new SelectExpr(IsInside(point, k), _source[Place(point, k)], Elements.Zero(IrType.Float)));
        }
    });

    /// <summary>Rounds what was fetched, and puts it into a stage.</summary>
    internal void Put(IrExpr stage, int threads) => Each(threads, _kind.LineLength, (e, point, word) => _to.Store(
        _tile, stage * Stage + Near(point, word),
        _kind == WgmmaKind.Tf32 ? new CallExpr(IrType.UInt, "tf32_of", [_next![e]]) : new CallExpr(IrType.UInt, "bf16x2_of", [_next![e * 2], _next[e * 2 + 1]])));

    IrExpr Place(IrExpr point, IrExpr k) => _start + _axis.Offset(_operand, _axisStart, point) + k * _depth.Strides[0][_operand];

    IrExpr IsInside(IrExpr point, IrExpr k) => (_axisStart + point < _count) & (k < _problem.To);

    /// <summary>The parts of a tile that this thread brings: so many of each line, neighbours to neighbouring threads as the operand has them.</summary>
    void Each(int threads, int along, Action<IrExpr, IrExpr, IrExpr> body) => _to.Unrolled("e", _length * along / threads, e =>
        Part(_to.Let("element", e * threads + new BuiltinExpr(IrBuiltin.Thread)), along, (point, part) => body(e, point, part)));

    void Part(IrExpr element, int along, Action<IrExpr, IrExpr> body)
    {
        var (point, part) = _alongDepth ? (element / along, element % along) : (element % _length, element / _length);
        body(_to.Let("point", point), _to.Let("part", part));
    }
}
