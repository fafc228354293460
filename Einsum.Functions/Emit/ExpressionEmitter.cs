using System.Collections.Immutable;
using System.Reflection.Emit;

namespace EinsumNet.Functions;

/// <summary>Emits the expressions of one point (or one vector of points), each into a local of its own so that it is computed once.</summary>
sealed class ExpressionEmitter(NestFrame frame, AddressEmitter addresses)
{
    readonly ILGenerator _il = frame.Il;
    readonly LaneEmitter _lanes = frame.Lanes;
    Dictionary<(KernelExpr, bool), LocalBuilder> _values = [];

    /// <summary>What was computed for another point is not for this one.</summary>
    internal void Forget() => _values = [];

    /// <summary>Stores of this point.</summary>
    internal void Stores(ImmutableArray<KernelStore> stores)
    {
        foreach (var store in stores)
        {
            if (frame.Buffers.Element(store.Buffer) is { } element)
            {
                Push(store.Value);
                _il.Emit(OpCodes.Stloc, element);
                continue;
            }
            addresses.Push(store.Buffer, store.Place, store.Value.Element);
            Push(store.Value);
            _lanes.Store(store.Value.Element, frame.IsVector);
        }
    }

    /// <summary>A value for later.</summary>
    internal LocalBuilder Keep(KernelExpr expr)
    {
        var local = _il.DeclareLocal(_lanes.TypeOf(expr.Element, frame.IsVector));
        Push(expr);
        _il.Emit(OpCodes.Stloc, local);
        return local;
    }

    /// <summary>Stores a value that was kept.</summary>
    internal void Store(KernelStore store, LocalBuilder value)
    {
        addresses.Push(store.Buffer, store.Place, store.Value.Element);
        _il.Emit(OpCodes.Ldloc, value);
        _lanes.Store(store.Value.Element, frame.IsVector);
    }

    /// <summary><c>-> value</c></summary>
    internal void Push(KernelExpr expr)
    {
        if (expr is StateExpr state)
        {
            _il.Emit(OpCodes.Ldloc, frame.States[state.Index]);
            return;
        }
        if (expr is NumberExpr number)
        {
            _lanes.Number(number.Element, number.Value);
            if (frame.IsVector) _lanes.Spread(number.Element);
            return;
        }
        if (_values.TryGetValue((expr, frame.IsVector), out var known))
        {
            _il.Emit(OpCodes.Ldloc, known);
            return;
        }
        Compute(expr);
        var local = _il.DeclareLocal(_lanes.TypeOf(expr.Element, frame.IsVector));
        _il.Emit(OpCodes.Dup);
        _il.Emit(OpCodes.Stloc, local);
        _values[(expr, frame.IsVector)] = local;
    }

    void Compute(KernelExpr expr)
    {
        switch (expr)
        {
            case LoadExpr load:
                Load(load.Element, load.Buffer, load.Place, null);
                return;
            case IndexedLoadExpr load:
                Load(load.Element, load.Buffer, load.Place, load);
                return;
            case CounterExpr counter:
                addresses.Sum(counter.Value, 1);
                return;
            case CastExpr { Operand: CounterExpr counter } when frame.IsVector:
                addresses.Sum(counter.Value, 1);
                _il.Emit(OpCodes.Ldc_I8, counter.Value.Factors[frame.Vector.Loop]);
                _lanes.Count(expr.Element);
                return;
            case CastExpr cast:
                Push(cast.Operand);
                _lanes.Cast(cast.Operand.Element, cast.Element, frame.IsVector);
                return;
            case ApplyExpr apply:
                foreach (var (i, operand) in apply.Operands.Index())
                {
                    Push(operand);
                    if (i == 0 && apply.Function == ElementFunction.Select) _lanes.Condition(apply.Operands[^1].Element, frame.IsVector);
                }
                _lanes.Apply(apply.Function, apply.Operands[^1].Element, frame.IsVector);
                return;
            default:
                throw new InvalidOperationException($"No code computes {expr}.");
        }
    }

    void Load(ElementType loaded, int buffer, Affine place, IndexedLoadExpr? indexed)
    {
        var element = frame.Buffers.Element(buffer);
        var isVector = frame.IsVector && element is null && place.Factors[frame.Vector.Loop] == 1;
        if (element is not null) _il.Emit(OpCodes.Ldloc, element);
        else
        {
            addresses.Push(buffer, place, loaded);
            if (indexed is not null)
            {
                // One position for the whole vector.
                var wasVector = frame.IsVector;
                frame.IsVector = false;
                Push(indexed.Position);
                frame.IsVector = wasVector;
                addresses.Index(indexed.Stride * loaded.Size(), indexed.Size);
            }
            _lanes.Load(loaded, isVector);
        }
        if (frame.IsVector && !isVector) _lanes.Spread(loaded);
    }
}
