using System.Collections.Immutable;
using System.Reflection.Emit;

namespace EinsumNet.Functions;

/// <summary>
/// Emits a kernel's loops: extents and strides are constants, states and counters are locals, so that the JIT keeps them in registers. The
/// vectorised loop runs on whole vectors, and on one more that ends where the loop does.
/// </summary>
sealed class NestEmitter
{
    /// <summary>Iterations of a scan per turn of its loop: its states wait for each other, and nothing else should.</summary>
    const int Unrolled = 4;

    readonly NestFrame _frame;
    readonly Kernel _kernel;
    readonly AddressEmitter _addresses;
    readonly ExpressionEmitter _expressions;
    readonly SumEmitter _sums;
    readonly int _bounded;
    readonly ImmutableArray<LoopRange> _ranges;
    readonly bool _sumsAreApart;

    NestEmitter(NestFrame frame, int bounded, ImmutableArray<LoopRange> ranges)
    {
        (_frame, _kernel, _bounded, _ranges, _sumsAreApart) = (frame, frame.Kernel, bounded, ranges, frame.Kernel.IsReduction && JamLoops.SumsAreApart(frame.Kernel));
        _addresses = new AddressEmitter(frame);
        _expressions = new ExpressionEmitter(frame, _addresses);
        _sums = new SumEmitter(frame, _expressions);
    }

    /// <summary>The first <paramref name="bounded"/> loops run from one number to another in the method's second argument, the others over all.</summary>
    internal static void Emit(ILGenerator il, Kernel kernel, VectorChoice vector, BufferTable buffers, int bounded = 0)
    {
        var jam = JamLoops.Of(kernel, vector);
        if (jam.IsNone)
        {
            new NestEmitter(new NestFrame(il, kernel, vector, buffers), bounded, []).Free(0);
            return;
        }
        // Whole groups of rows and of vectors, and what they leave.
        foreach (var rows in Ranges(jam.Loop, jam.Rows, 1))
        {
            foreach (var vectors in Ranges(vector.Loop, jam.Vectors, vector.Lanes))
            {
                var copies = JamLoops.Copies(JamLoops.Copies(kernel, vector.Loop, vectors.Copies, vector.Lanes), jam.Loop, rows.Copies, 1);
                new NestEmitter(new NestFrame(il, copies, vector, buffers), bounded, [rows, vectors]).Free(0);
            }
        }
    }

    static LoopRange[] Ranges(int loop, int copies, int distance) => copies == 1 ? [new LoopRange(loop, 1, 0, false)] : [new LoopRange(loop, copies, copies * distance, false), new LoopRange(loop, 1, copies * distance, true)];

    void Free(int depth)
    {
        if (depth == _kernel.Free.Length)
        {
            if (!_kernel.Inner.IsEmpty) Inner();
            else
            {
                _expressions.Forget();
                _expressions.Stores(_kernel.FinalStores);
            }
            return;
        }
        var loop = _frame.Order[depth];
        if (depth == _kernel.Free.Length - 1 && _kernel.Inner.IsEmpty) _addresses.HoistPointers();
        LoopBound from = 0, to = _kernel.Extent(loop);
        if (loop < _bounded) (from, to) = (Argument(2 * loop), Argument(2 * loop + 1));
        var (first, step) = (from, loop == _frame.Vector.Loop ? _frame.Vector.Lanes : 1);
        if (_ranges.FirstOrDefault(range => range.Loop == loop) is { Step: > 0 } range)
        {
            var end = Whole(from, to, range.Step);
            if (range.IsRest) from = end;
            else (to, step) = (end, range.Step);
        }
        if (loop != _frame.Vector.Loop)
        {
            _frame.Loop(loop, from, to, step, () => Free(depth + 1));
            return;
        }
        var whole = Whole(from, to, step);
        if (_kernel.Inner.IsEmpty)
        {
            Elements(loop, from, whole, to);
            return;
        }
        _frame.IsVector = true;
        _frame.Loop(loop, from, whole, step, () => Free(depth + 1));
        _frame.IsVector = false;
        if (step == _frame.Vector.Lanes) Rest(loop, first, whole, to, () => Free(depth + 1));
    }

    /// <summary>
    /// The innermost loop of a kernel without sums, in vectors. What whole ones leave is a vector that ends with the loop: it is computed before the others, because
    /// what they write may lie where its elements are read, and written behind them. A loop shorter than a vector goes element by element.
    /// </summary>
    void Elements(int loop, LoopBound from, LoopBound whole, LoopBound to)
    {
        var (il, lanes) = (_frame.Il, _frame.Vector.Lanes);
        var isKnown = from.Known is not null && to.Known is not null;
        if (isKnown && to.Known - from.Known < lanes)
        {
            _frame.Loop(loop, from, to, 1, Point);
            return;
        }
        var (single, vectors, end) = (il.DefineLabel(), il.DefineLabel(), il.DefineLabel());
        if (!isKnown)
        {
            BranchIfShorter(from, to, single);
            BranchIfSame(whole, to, vectors);
        }
        _frame.IsVector = true;
        LocalBuilder[] last = [];
        if (!isKnown || whole.Known != to.Known)
        {
            GoToLast(loop, to);
            _expressions.Forget();
            last = [.. _kernel.FinalStores.Select(store => _expressions.Keep(store.Value))];
        }
        il.MarkLabel(vectors);
        _frame.Loop(loop, from, whole, lanes, Point);
        if (!isKnown) BranchIfSame(whole, to, end);
        if (last.Length > 0) GoToLast(loop, to);
        foreach (var (store, value) in _kernel.FinalStores.Zip(last)) _expressions.Store(store, value);
        _frame.IsVector = false;
        if (!isKnown)
        {
            il.Emit(OpCodes.Br, end);
            il.MarkLabel(single);
            _frame.Loop(loop, from, to, 1, Point);
        }
        il.MarkLabel(end);

        void Point()
        {
            _expressions.Forget();
            _expressions.Stores(_kernel.FinalStores);
        }
    }

    /// <summary>Goes on elsewhere where less than a vector lies between.</summary>
    void BranchIfShorter(LoopBound from, LoopBound to, System.Reflection.Emit.Label label)
    {
        to.Push(_frame.Il);
        from.Push(_frame.Il);
        _frame.Il.Emit(OpCodes.Sub);
        _frame.Il.Emit(OpCodes.Ldc_I8, (long)_frame.Vector.Lanes);
        _frame.Il.Emit(OpCodes.Blt, label);
    }

    void BranchIfSame(LoopBound one, LoopBound other, System.Reflection.Emit.Label label)
    {
        one.Push(_frame.Il);
        other.Push(_frame.Il);
        _frame.Il.Emit(OpCodes.Beq, label);
    }

    /// <summary>Sets the counter to the vector that ends with the loop.</summary>
    void GoToLast(int loop, LoopBound to)
    {
        to.Push(_frame.Il);
        _frame.Il.Emit(OpCodes.Ldc_I8, (long)_frame.Vector.Lanes);
        _frame.Il.Emit(OpCodes.Sub);
        _frame.Il.Emit(OpCodes.Stloc, _frame.Counters[loop]);
    }

    /// <summary>
    /// What whole vectors leave of a loop: a vector that ends with the loop, if what it computes a second time is the same again; else, or where the loop from
    /// <paramref name="first"/> on is shorter than a vector, element by element.
    /// </summary>
    void Rest(int loop, LoopBound first, LoopBound whole, LoopBound to, Action body)
    {
        var (il, lanes) = (_frame.Il, _frame.Vector.Lanes);
        var isKnown = first.Known is not null && to.Known is not null;
        if (!_kernel.IsRepeatable || isKnown && (whole.Known == to.Known || to.Known - first.Known < lanes))
        {
            _frame.Loop(loop, whole, to, 1, body);
            return;
        }
        var (end, single) = (il.DefineLabel(), il.DefineLabel());
        if (!isKnown)
        {
            BranchIfSame(whole, to, end);
            BranchIfShorter(first, to, single);
        }
        GoToLast(loop, to);
        _frame.IsVector = true;
        body();
        _frame.IsVector = false;
        if (!isKnown)
        {
            il.Emit(OpCodes.Br, end);
            il.MarkLabel(single);
            _frame.Loop(loop, whole, to, 1, body);
        }
        il.MarkLabel(end);
    }

    LocalBuilder Argument(int index)
    {
        var local = _frame.Il.DeclareLocal(typeof(long));
        _frame.Il.Emit(OpCodes.Ldarg_2);
        _frame.Il.Emit(OpCodes.Ldc_I4, index * sizeof(long));
        _frame.Il.Emit(OpCodes.Add);
        _frame.Il.Emit(OpCodes.Ldind_I8);
        _frame.Il.Emit(OpCodes.Stloc, local);
        return local;
    }

    /// <summary>Where the last whole step ends.</summary>
    LoopBound Whole(LoopBound from, LoopBound to, int step)
    {
        if (from.Known is { } first && to.Known is { } last) return first + (last - first) / step * step;
        var (il, whole) = (_frame.Il, _frame.Il.DeclareLocal(typeof(long)));
        to.Push(il);
        from.Push(il);
        il.Emit(OpCodes.Sub);
        // No loop ends before it begins; unsigned, the division by a power of two is a shift.
        il.Emit(OpCodes.Ldc_I8, (long)step);
        il.Emit(OpCodes.Div_Un);
        il.Emit(OpCodes.Ldc_I8, (long)step);
        il.Emit(OpCodes.Mul);
        from.Push(il);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, whole);
        return whole;
    }

    /// <summary>The states, the inner loops around them, and the final stores.</summary>
    void Inner()
    {
        _addresses.Forget();
        _expressions.Forget();
        _frame.States = [.. _kernel.States.Select(state => _frame.Il.DeclareLocal(_frame.Lanes.TypeOf(state.Element, _frame.IsVector)))];
        foreach (var (state, local) in _kernel.States.Zip(_frame.States))
        {
            _expressions.Push(state.Initial);
            _frame.Il.Emit(OpCodes.Stloc, local);
        }
        if (_frame.SumsVectors) _sums.Start();
        if (_kernel.Condition is { } condition) While(condition);
        else InnerLoop(_kernel.Free.Length);
        if (_frame.SumsVectors) _sums.Finish();
        _addresses.Forget();
        _expressions.Forget();
        _expressions.Stores(_kernel.FinalStores);
    }

    void InnerLoop(int depth)
    {
        if (depth == _kernel.Loops)
        {
            Body();
            return;
        }
        var (loop, isLast) = (_frame.Order[depth], depth == _kernel.Loops - 1);
        var extent = _kernel.Extent(loop);
        if (isLast) _addresses.HoistPointers();
        if (loop != _frame.Vector.Loop)
        {
            var turns = isLast ? extent / Unrolled * Unrolled : 0;
            _frame.Loop(loop, 0, turns, Unrolled, () =>
            {
                if (extent > Watch.Every) Watch.Emit(_frame.Il, _frame.Counters[loop]);
                Repeat(Unrolled, 1, _ => Body());
            });
            _frame.Loop(loop, turns, extent, 1, () => InnerLoop(depth + 1));
            return;
        }
        var (lanes, step) = (_frame.Vector.Lanes, _frame.Vector.Lanes * _sums.Chains);
        var (blocks, whole) = (extent / step * step, extent / lanes * lanes);
        _frame.IsVector = true;
        _frame.Loop(loop, 0, blocks, step, () => Repeat(_sums.Chains, lanes, chain =>
        {
            _sums.Chain = chain;
            Body();
        }));
        _sums.Chain = 0;
        _frame.Loop(loop, blocks, whole, lanes, Body);
        _frame.IsVector = false;
        _frame.Loop(loop, whole, extent, 1, Body);
    }

    /// <summary>The states run while the condition holds for one of them; in vectors, those whose own does not hold any more stand still.</summary>
    void While(KernelExpr condition)
    {
        var (il, lanes) = (_frame.Il, _frame.Lanes);
        var (top, end) = (il.DefineLabel(), il.DefineLabel());
        var goes = il.DeclareLocal(lanes.TypeOf(ElementType.Bool, _frame.IsVector));
        _addresses.HoistPointers();
        var turns = il.DeclareLocal(typeof(long));
        il.Emit(OpCodes.Ldc_I8, 0L);
        il.Emit(OpCodes.Stloc, turns);
        il.MarkLabel(top);
        Watch.EmitTurn(il, turns);
        _expressions.Forget();
        _expressions.Push(condition);
        il.Emit(OpCodes.Stloc, goes);
        il.Emit(OpCodes.Ldloc, goes);
        if (_frame.IsVector) lanes.Fold(ElementFunction.Or, ElementType.Bool);
        il.Emit(OpCodes.Brfalse, end);
        // What was computed for the condition is known in the body.
        foreach (var (i, state) in _kernel.States.Index())
        {
            if (!_frame.IsVector)
            {
                _expressions.Push(state.Next);
                continue;
            }
            il.Emit(OpCodes.Ldloc, goes);
            lanes.Condition(state.Element, isVector: true);
            _expressions.Push(state.Next);
            il.Emit(OpCodes.Ldloc, _frame.States[i]);
            lanes.Apply(ElementFunction.Select, state.Element, isVector: true);
        }
        for (var i = _kernel.States.Length - 1; i >= 0; i--) il.Emit(OpCodes.Stloc, _frame.States[i]);
        il.Emit(OpCodes.Br, top);
        il.MarkLabel(end);
    }

    /// <summary>The body so often, each time some iterations of the innermost loop further on.</summary>
    void Repeat(int times, int iterations, Action<int> body)
    {
        for (var i = 0; i < times; i++)
        {
            _frame.Ahead = i * iterations;
            body(i);
        }
        _frame.Ahead = 0;
    }

    /// <summary>One iteration of the inner loops. All next states are known before one is replaced, but for sums, which do not look at each other.</summary>
    void Body()
    {
        _expressions.Forget();
        _expressions.Stores(_kernel.InnerStores);
        if (_sumsAreApart)
        {
            for (var i = 0; i < _kernel.States.Length; i++) Add(i);
            return;
        }
        foreach (var state in _kernel.States) _expressions.Push(state.Next);
        for (var i = _kernel.States.Length - 1; i >= 0; i--)
        {
            if (_kernel.States[i].Combine is { } combine)
            {
                _frame.Il.Emit(OpCodes.Ldloc, Target(i));
                _frame.Lanes.Apply(combine, _kernel.States[i].Element, _frame.IsVector);
            }
            _frame.Il.Emit(OpCodes.Stloc, Target(i));
        }
    }

    LocalBuilder Target(int state) => _frame.SumsVectors && _frame.IsVector ? _sums[state] : _frame.States[state];

    /// <summary>One more element of a sum; of a product, by multiply-add where the machine has it.</summary>
    void Add(int index)
    {
        var (state, target, il) = (_kernel.States[index], Target(index), _frame.Il);
        var combine = state.Combine!.Value;
        if (combine == ElementFunction.Add && state.Element is ElementType.Float or ElementType.Double && state.Next is ApplyExpr { Function: ElementFunction.Multiply, Operands: [var left, var right] })
        {
            _expressions.Push(left);
            _expressions.Push(right);
            il.Emit(OpCodes.Ldloc, target);
            _frame.Lanes.MultiplyAdd(state.Element, _frame.IsVector);
        }
        else
        {
            _expressions.Push(state.Next);
            il.Emit(OpCodes.Ldloc, target);
            _frame.Lanes.Apply(combine, state.Element, _frame.IsVector);
        }
        il.Emit(OpCodes.Stloc, target);
    }
}

/// <summary>Of a loop the whole steps, each of so many copies of a point, or what they leave; all of it where the step is 0.</summary>
readonly record struct LoopRange(int Loop, int Copies, int Step, bool IsRest);
