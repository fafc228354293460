using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// <c>out[n, i] = a[n, 0] op ... op a[n, i]</c>: a group scans a piece of a line, as many elements as it has threads at a time. Where there are too few lines to
/// fill the device, lines are cut into pieces: a first launch combines each piece, and in the second each group first combines the pieces before its own.
/// </summary>
static class ScanEmitter
{
    const int Threads = 256;

    const int GroupsPerUnit = 4;

    /// <summary>What a piece should have at least before a line is cut.</summary>
    const int LeastPiece = 8 * Threads;

    const int MostPieces = 1024;

    internal static ImmutableArray<EmittedKernel> Emit(ScanPlan plan, DeviceLimits limits, KernelDialect dialect, EmitOptions options)
    {
        var target = new EmitTarget(limits, dialect, options);
        var lines = plan.Outer.Aggregate(1L, (product, loop) => checked(product * loop.Extent));
        var length = plan.Along.Extent;
        var pieces = Math.Clamp(limits.ComputeUnits * GroupsPerUnit / Math.Max(lines, 1), 1, Math.Clamp(length / LeastPiece, 1, MostPieces));
        var piece = (length + pieces - 1) / pieces;
        pieces = (length + piece - 1) / piece;
        if (pieces == 1) return [Scan("scan", plan, 1, length, lines, 0, target)];
        var bytes = checked(lines * pieces * plan.Arithmetic.Size());
        return [Combine(plan, pieces, piece, lines, bytes, target), Scan("scan_piece", plan, pieces, piece, lines, bytes, target)];
    }

    static KernelView View(ScanPlan plan, bool hasScratch)
    {
        var (source, result) = (new IrArray("a", plan.Element, IrSpace.Global), new IrArray("out", plan.Element, IrSpace.Global, Written: true));
        var view = new KernelView([source], result, [source, result]);
        return hasScratch ? view with { Buffers = [.. view.Buffers, Scratch(plan)] } : view;
    }

    static IrArray Scratch(ScanPlan plan) => new("scratch", plan.Arithmetic.Storage(), IrSpace.Global, Written: true, IsScratch: true);

    /// <summary><c>scratch[n, p] = op over piece p of a[n]</c></summary>
    static EmittedKernel Combine(ScanPlan plan, long pieces, long piece, long lines, long scratchBytes, EmitTarget target)
    {
        var walk = new Walk(plan, pieces, piece, target);
        var (body, thread) = (walk.Body, walk.Thread);
        var total = body.Variable("total", walk.Neutral);
        body.For("i", walk.From + thread, walk.To, Threads, i => body.Set(total, ScanArithmetic.Combine(plan.Operation, total, walk.Read(i))));
        var combined = walk.Tree(total);
        body.If(IrExpr.Equal(thread, 0), () => body.Store(Scratch(plan), new BuiltinExpr(IrBuiltin.Group), combined));
        return walk.Emit("scan_combine", lines * pieces, scratchBytes, target);
    }

    static EmittedKernel Scan(string name, ScanPlan plan, long pieces, long piece, long lines, long scratchBytes, EmitTarget target)
    {
        var walk = new Walk(plan, pieces, piece, target);
        var (body, thread) = (walk.Body, walk.Thread);
        var carry = body.Variable("carry", walk.Neutral);
        if (pieces > 1)
        {
            var before = body.Variable("before", walk.Neutral);
            body.For("p", thread, walk.Piece, Threads, p => body.Set(before, ScanArithmetic.Combine(plan.Operation, before, Scratch(plan)[walk.Line * walk.Pieces + p].As(plan.Arithmetic))));
            body.Set(carry, walk.Tree(before));
            body.Barrier();
        }
        body.For("start", walk.From, walk.To, Threads, start =>
        {
            var i = body.Let("i", start + thread);
            var value = body.Variable("value", new SelectExpr(i < walk.To, walk.Read(i), walk.Neutral));
            body.Store(walk.Shared, thread, value);
            body.Barrier();
            for (var distance = 1; distance < Threads; distance *= 2)
            {
                body.If(new BinaryExpr(IrType.Flag, IrOp.LessOrEqual, distance, thread), () =>
                    body.Set(value, ScanArithmetic.Combine(plan.Operation, walk.Shared[thread - distance].As(plan.Arithmetic), value)));
                body.Barrier();
                body.Store(walk.Shared, thread, value);
                body.Barrier();
            }
            var scanned = plan.IsExclusive
                ? new SelectExpr(IrExpr.Equal(thread, 0), carry, ScanArithmetic.Combine(plan.Operation, carry, walk.Shared[thread - 1].As(plan.Arithmetic)))
                : ScanArithmetic.Combine(plan.Operation, carry, value);
            body.If(i < walk.To, () => walk.Write(i, scanned));
            body.Set(carry, ScanArithmetic.Combine(plan.Operation, carry, walk.Shared[Threads - 1].As(plan.Arithmetic)));
            body.Barrier();
        });
        return walk.Emit(name, lines * pieces, scratchBytes, target);
    }

    /// <summary>What both kernels start with: which line and piece a group has.</summary>
    sealed class Walk
    {
        readonly ScanPlan _plan;
        readonly SizeList _sizes;
        readonly Digits _along;
        readonly IrExpr _source, _result;
        readonly bool _isCut;

        internal Walk(ScanPlan plan, long pieces, long piece, EmitTarget target)
        {
            (_plan, _sizes, _isCut) = (plan, new SizeList(target.Options.Specialise), pieces > 1);
            _along = Digits.Of([plan.Along], "I", _sizes, 2);
            var outer = Digits.Of(plan.Outer, "N", _sizes, 2);
            var group = new BuiltinExpr(IrBuiltin.Group);
            Pieces = _isCut ? _sizes.Extent("P", pieces) : 1;
            Line = Body.Let("line", group / Pieces);
            Piece = _isCut ? Body.Let("piece", group % Pieces) : 0;
            var length = _isCut ? _sizes.Extent("PIECE", piece) : 0;
            From = _isCut ? Body.Let("from", Piece * length) : 0;
            To = _isCut ? Body.Let("to", IrExpr.Min(From + length, _along.Extents[0])) : _along.Extents[0];
            var digits = outer.Split(Body, "n", Line);
            (_source, _result) = (Body.Let("source", plan.Starts.Source + outer.Offset(digits, 0)), Body.Let("result", plan.Starts.Result + outer.Offset(digits, 1)));
            Shared = Body.Local("shared", plan.Arithmetic.Storage(), Threads);
            Neutral = ScanArithmetic.Neutral(plan.Operation, plan.Element, plan.Arithmetic);
        }

        internal IrBuilder Body { get; } = new();

        internal IrExpr Thread { get; } = new BuiltinExpr(IrBuiltin.Thread);

        internal IrExpr Line { get; }

        internal IrExpr Piece { get; }

        internal IrExpr Pieces { get; }

        internal IrExpr From { get; }

        internal IrExpr To { get; }

        internal IrExpr Neutral { get; }

        internal IrArray Shared { get; }

        internal IrExpr Read(IrExpr i) => View(_plan, _isCut).Operands[0][_source + i * _along.Strides[0][0]].As(_plan.Arithmetic);

        internal void Write(IrExpr i, IrExpr value) => Body.Store(View(_plan, _isCut).Result, _result + i * _along.Strides[0][1], value);

        /// <summary>All threads' values combined, in the order of a tree.</summary>
        internal IrExpr Tree(IrExpr value)
        {
            Body.Store(Shared, Thread, value);
            Body.Barrier();
            for (var half = Threads / 2; half > 0; half /= 2)
            {
                Body.If(Thread < half, () => Body.Store(Shared, Thread, ScanArithmetic.Combine(_plan.Operation, Shared[Thread].As(_plan.Arithmetic), Shared[Thread + half].As(_plan.Arithmetic))));
                Body.Barrier();
            }
            return Shared[0].As(_plan.Arithmetic);
        }

        internal EmittedKernel Emit(string name, long groups, long scratchBytes, EmitTarget target)
        {
            var wide = Math.Max(_plan.Starts.Source, _plan.Starts.Result) > Reach.Limit / 4
                || _plan.Outer.Append(_plan.Along).Any(loop => loop.Extent * (double)Math.Max(Math.Max(Math.Abs(loop.Strides[0]), Math.Abs(loop.Strides[1])), 1) > Reach.Limit / 4);
            return EmittedKernels.Create(name, Body, View(_plan, _isCut), _sizes, wide, Threads, groups, target, scratchBytes);
        }
    }
}
