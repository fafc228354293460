using System.Collections.Immutable;
using System.Reflection.Emit;

namespace EinsumNet.Functions;

/// <summary>Runs a kernel on the buffers at these addresses.</summary>
unsafe delegate void KernelBody(nint* addresses);

/// <summary>
/// Emits a kernel as a method: extents and strides are constants, states and counters are locals, so that the JIT keeps them in registers. The
/// vectorised loop runs on whole vectors and then element by element; a vectorised reduction sums into several vectors at once.
/// </summary>
sealed class KernelEmitter
{
    /// <summary>Vectors that a reduction sums into, so that one addition need not wait for the other.</summary>
    const int Chains = 4;

    /// <summary>Iterations of a scan per turn of its loop: its states wait for each other, and nothing else should.</summary>
    const int Unrolled = 4;

    readonly ILGenerator _il;
    readonly Kernel _kernel;
    readonly VectorChoice _vector;
    readonly LaneEmitter _lane;
    readonly LocalBuilder[] _counters;
    readonly int[] _order;
    readonly Dictionary<object, LocalBuilder> _pointers = new(ReferenceEqualityComparer.Instance);
    LocalBuilder[] _states = [];
    LocalBuilder[][] _chains = [];
    Dictionary<KernelExpr, LocalBuilder> _values = new(ReferenceEqualityComparer.Instance);
    bool _isVector;
    int _chain;
    long _ahead;

    KernelEmitter(ILGenerator il, Kernel kernel, VectorChoice vector)
    {
        (_il, _kernel, _vector) = (il, kernel, vector);
        var element = kernel.Stores.First().Value.Element;
        _lane = new LaneEmitter(il, element, vector.Lanes == 1 ? 128 : vector.Lanes * element.Size() * 8);
        _counters = [.. Enumerable.Range(0, kernel.Loops).Select(_ => il.DeclareLocal(typeof(long)))];
        // A vectorised reduction goes innermost.
        _order = [.. Enumerable.Range(0, kernel.Loops).OrderBy(loop => loop == vector.Loop && loop >= kernel.Free.Length)];
    }

    bool SumsVectors => _vector.Loop >= _kernel.Free.Length;

    internal static KernelBody Emit(Kernel kernel, VectorChoice vector)
    {
        var method = new DynamicMethod("kernel", typeof(void), [typeof(nint*)], typeof(KernelEmitter).Module, skipVisibility: true);
        method.InitLocals = false;
        var il = method.GetILGenerator();
        new KernelEmitter(il, kernel, vector).Nest(0);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<KernelBody>();
    }

    /// <summary>The loops from this depth inwards.</summary>
    void Nest(int depth)
    {
        if (depth == _kernel.Free.Length && !_kernel.Inner.IsEmpty) Inner();
        else if (depth == _kernel.Free.Length) Stores(_kernel.FinalStores);
        else
        {
            var loop = _order[depth];
            if (depth == _kernel.Free.Length - 1 && _kernel.Inner.IsEmpty) HoistPointers();
            if (loop != _vector.Loop) Loop(loop, 0, _kernel.Extent(loop), 1, () => Nest(depth + 1));
            else
            {
                var whole = _kernel.Extent(loop) / _vector.Lanes * _vector.Lanes;
                _isVector = true;
                Loop(loop, 0, whole, _vector.Lanes, () => Nest(depth + 1));
                _isVector = false;
                if (whole < _kernel.Extent(loop)) Loop(loop, whole, _kernel.Extent(loop), 1, () => Nest(depth + 1));
            }
        }
    }

    /// <summary>The states, the inner loops around them, and the final stores.</summary>
    void Inner()
    {
        _pointers.Clear();
        _values = new(ReferenceEqualityComparer.Instance);
        _states = [.. _kernel.States.Select(state => _il.DeclareLocal(_lane.TypeOf(state.Element, _isVector)))];
        foreach (var (state, local) in _kernel.States.Zip(_states))
        {
            Push(state.Initial);
            _il.Emit(OpCodes.Stloc, local);
        }
        if (SumsVectors) StartChains();
        InnerLoop(_kernel.Free.Length);
        if (SumsVectors) FoldChains();
        _pointers.Clear();
        Stores(_kernel.FinalStores);
    }

    void InnerLoop(int depth)
    {
        if (depth == _kernel.Loops)
        {
            Body();
            return;
        }
        var loop = _order[depth];
        if (depth == _kernel.Loops - 1) HoistPointers();
        if (loop != _vector.Loop)
        {
            var turns = depth == _kernel.Loops - 1 ? _kernel.Extent(loop) / Unrolled * Unrolled : 0;
            Loop(loop, 0, turns, Unrolled, () => Repeat(Unrolled, 1, _ => Body()));
            Loop(loop, turns, _kernel.Extent(loop), 1, () => InnerLoop(depth + 1));
            return;
        }
        var (extent, step) = (_kernel.Extent(loop), _vector.Lanes * Chains);
        var (blocks, whole) = (extent / step * step, extent / _vector.Lanes * _vector.Lanes);
        _isVector = true;
        Loop(loop, 0, blocks, step, () => Repeat(Chains, _vector.Lanes, chain =>
        {
            _chain = chain;
            Body();
        }));
        _chain = 0;
        if (blocks < whole) Loop(loop, blocks, whole, _vector.Lanes, Body);
        _isVector = false;
        if (whole < extent) Loop(loop, whole, extent, 1, Body);
    }

    /// <summary>The body so often, each time some iterations of the innermost loop further on.</summary>
    void Repeat(int times, int iterations, Action<int> body)
    {
        for (var i = 0; i < times; i++)
        {
            _ahead = i * iterations;
            body(i);
        }
        _ahead = 0;
    }

    /// <summary>One iteration of the inner loops: all next states are known before one is replaced.</summary>
    void Body()
    {
        _values = new(ReferenceEqualityComparer.Instance);
        Stores(_kernel.InnerStores, keep: true);
        foreach (var state in _kernel.States) Push(state.Next);
        for (var i = _states.Length - 1; i >= 0; i--)
        {
            var (state, target) = (_kernel.States[i], SumsVectors && _isVector ? _chains[i][_chain] : _states[i]);
            if (state.Combine is { } combine)
            {
                _il.Emit(OpCodes.Ldloc, target);
                _lane.Apply(combine, state.Element, _isVector);
            }
            _il.Emit(OpCodes.Stloc, target);
        }
    }

    void StartChains()
    {
        _chains = [.. _kernel.States.Select(_ => Enumerable.Range(0, Chains).Select(_ => _il.DeclareLocal(_lane.VectorType)).ToArray())];
        foreach (var (state, chains) in _kernel.States.Zip(_chains))
        {
            foreach (var chain in chains)
            {
                Push(state.Initial);
                _lane.Spread();
                _il.Emit(OpCodes.Stloc, chain);
            }
        }
    }

    void FoldChains()
    {
        foreach (var (i, state) in _kernel.States.Index())
        {
            _il.Emit(OpCodes.Ldloc, _chains[i][0]);
            foreach (var chain in _chains[i][1..])
            {
                _il.Emit(OpCodes.Ldloc, chain);
                _lane.Apply(state.Combine!.Value, state.Element, isVector: true);
            }
            _lane.Fold(state.Combine!.Value, state.Element);
            _il.Emit(OpCodes.Ldloc, _states[i]);
            _lane.Apply(state.Combine!.Value, state.Element, isVector: false);
            _il.Emit(OpCodes.Stloc, _states[i]);
        }
    }

    void Stores(ImmutableArray<KernelStore> stores, bool keep = false)
    {
        if (!keep) _values = new(ReferenceEqualityComparer.Instance);
        foreach (var store in stores)
        {
            Address(store, store.Buffer, store.Place, store.Value.Element);
            Push(store.Value);
            _lane.Store(store.Value.Element, _isVector);
        }
    }

    /// <summary><c>-> value</c></summary>
    void Push(KernelExpr expr)
    {
        if (expr is StateExpr state)
        {
            _il.Emit(OpCodes.Ldloc, _states[state.Index]);
            return;
        }
        if (_values.TryGetValue(expr, out var known))
        {
            _il.Emit(OpCodes.Ldloc, known);
            return;
        }
        switch (expr)
        {
            case NumberExpr number:
                _lane.Number(number.Element, number.Value, _isVector);
                return;
            case LoadExpr load:
                var isVector = _isVector && load.Place.Factors[_vector.Loop] == 1;
                Address(load, load.Buffer, load.Place, load.Element);
                _lane.Load(load.Element, isVector);
                if (_isVector && !isVector) _lane.Spread();
                break;
            case CounterExpr counter:
                Sum(_ahead == 0 ? counter.Value : counter.Value.Plus(_ahead * counter.Value.Factors[_order[^1]]), 1, _kernel.Loops);
                break;
            case CastExpr cast:
                Push(cast.Operand);
                _lane.Cast(cast.Operand.Element, cast.Element);
                break;
            case ApplyExpr apply:
                foreach (var operand in apply.Operands) Push(operand);
                _lane.Apply(apply.Function, apply.Operands[^1].Element, _isVector);
                break;
        }
        var local = _il.DeclareLocal(_lane.TypeOf(expr.Element, _isVector));
        _il.Emit(OpCodes.Dup);
        _il.Emit(OpCodes.Stloc, local);
        _values[expr] = local;
    }

    /// <summary>Where each load and store of the innermost loop starts, for the counters outside of it.</summary>
    void HoistPointers()
    {
        _pointers.Clear();
        var loads = Kernel.Reach(_kernel.BodyRoots).OfType<LoadExpr>().Select(load => ((object)load, load.Buffer, load.Place, load.Element));
        var stores = (_kernel.Inner.IsEmpty ? _kernel.FinalStores : _kernel.InnerStores).Select(store => ((object)store, store.Buffer, store.Place, store.Value.Element));
        foreach (var (owner, buffer, place, element) in loads.Concat(stores).ToList())
        {
            var pointer = _il.DeclareLocal(typeof(nint));
            Base(buffer);
            Sum(place with { Factors = place.Factors.SetItem(_order[^1], 0) }, element.Size(), _kernel.Loops);
            Advance();
            _il.Emit(OpCodes.Stloc, pointer);
            _pointers[owner] = pointer;
        }
    }

    /// <summary><c>-> address</c></summary>
    void Address(object owner, int buffer, Affine place, ElementType element)
    {
        if (_pointers.TryGetValue(owner, out var pointer))
        {
            var innermost = _order[^1];
            _il.Emit(OpCodes.Ldloc, pointer);
            if (place.Factors[innermost] == 0) return;
            // In this order, pointer + counter * size + constant is one addressing mode.
            var stride = place.Factors[innermost] * element.Size();
            _il.Emit(OpCodes.Ldloc, _counters[innermost]);
            _il.Emit(OpCodes.Ldc_I8, stride);
            _il.Emit(OpCodes.Mul);
            Advance();
            if (_ahead == 0) return;
            _il.Emit(OpCodes.Ldc_I8, _ahead * stride);
        }
        else
        {
            Base(buffer);
            Sum(place, element.Size(), _kernel.Loops);
        }
        Advance();
    }

    void Base(int buffer)
    {
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldc_I4, buffer * IntPtr.Size);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldind_I);
    }

    void Advance()
    {
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Add);
    }

    /// <summary><c>-> long</c>: the affine value times <paramref name="scale"/>.</summary>
    void Sum(Affine value, long scale, int loops)
    {
        _il.Emit(OpCodes.Ldc_I8, value.Offset * scale);
        for (var loop = 0; loop < loops; loop++)
        {
            if (value.Factors[loop] == 0) continue;
            _il.Emit(OpCodes.Ldloc, _counters[loop]);
            if (value.Factors[loop] * scale != 1)
            {
                _il.Emit(OpCodes.Ldc_I8, value.Factors[loop] * scale);
                _il.Emit(OpCodes.Mul);
            }
            _il.Emit(OpCodes.Add);
        }
    }

    /// <summary><c>for (counter = from; counter &lt; to; counter += step) body</c>; a known number of steps.</summary>
    void Loop(int loop, long from, long to, long step, Action body)
    {
        if (from >= to) return;
        var (counter, top) = (_counters[loop], _il.DefineLabel());
        _il.Emit(OpCodes.Ldc_I8, from);
        _il.Emit(OpCodes.Stloc, counter);
        _il.MarkLabel(top);
        body();
        _il.Emit(OpCodes.Ldloc, counter);
        _il.Emit(OpCodes.Ldc_I8, step);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, counter);
        _il.Emit(OpCodes.Ldloc, counter);
        _il.Emit(OpCodes.Ldc_I8, to);
        _il.Emit(OpCodes.Blt, top);
    }
}
