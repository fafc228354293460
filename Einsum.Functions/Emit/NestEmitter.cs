using System.Reflection.Emit;

namespace EinsumNet.Functions;

/// <summary>
/// Emits a kernel's loops: extents and strides are constants, states and counters are locals, so that the JIT keeps them in registers. The
/// vectorised loop runs on whole vectors and then element by element.
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

    NestEmitter(NestFrame frame, int bounded)
    {
        (_frame, _kernel, _bounded) = (frame, frame.Kernel, bounded);
        _addresses = new AddressEmitter(frame);
        _expressions = new ExpressionEmitter(frame, _addresses);
        _sums = new SumEmitter(frame, _expressions);
    }

    /// <summary>The first <paramref name="bounded"/> loops run from one number to another in the method's second argument, the others over all.</summary>
    internal static void Emit(ILGenerator il, Kernel kernel, VectorChoice vector, BufferTable buffers, int bounded = 0) =>
        new NestEmitter(new NestFrame(il, kernel, vector, buffers), bounded).Free(0);

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
        if (loop != _frame.Vector.Loop)
        {
            _frame.Loop(loop, from, to, 1, () => Free(depth + 1));
            return;
        }
        var whole = Whole(from, to);
        _frame.IsVector = true;
        _frame.Loop(loop, from, whole, _frame.Vector.Lanes, () => Free(depth + 1));
        _frame.IsVector = false;
        _frame.Loop(loop, whole, to, 1, () => Free(depth + 1));
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

    /// <summary>Where the last whole vector ends.</summary>
    LoopBound Whole(LoopBound from, LoopBound to)
    {
        var lanes = _frame.Vector.Lanes;
        if (from.Known is { } first && to.Known is { } last) return first + (last - first) / lanes * lanes;
        var (il, whole) = (_frame.Il, _frame.Il.DeclareLocal(typeof(long)));
        to.Push(il);
        from.Push(il);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Ldc_I8, -(long)lanes);
        il.Emit(OpCodes.And);
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
        var (lanes, step) = (_frame.Vector.Lanes, _frame.Vector.Lanes * SumEmitter.Chains);
        var (blocks, whole) = (extent / step * step, extent / lanes * lanes);
        _frame.IsVector = true;
        _frame.Loop(loop, 0, blocks, step, () => Repeat(SumEmitter.Chains, lanes, chain =>
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

    /// <summary>One iteration of the inner loops: all next states are known before one is replaced.</summary>
    void Body()
    {
        _expressions.Forget();
        _expressions.Stores(_kernel.InnerStores);
        foreach (var state in _kernel.States) _expressions.Push(state.Next);
        for (var i = _kernel.States.Length - 1; i >= 0; i--)
        {
            var (state, target) = (_kernel.States[i], _frame.SumsVectors && _frame.IsVector ? _sums[i] : _frame.States[i]);
            if (state.Combine is { } combine)
            {
                _frame.Il.Emit(OpCodes.Ldloc, target);
                _frame.Lanes.Apply(combine, state.Element, _frame.IsVector);
            }
            _frame.Il.Emit(OpCodes.Stloc, target);
        }
    }
}
