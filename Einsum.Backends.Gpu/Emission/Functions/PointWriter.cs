using System.Collections.Immutable;
using EinsumNet.Functions;

namespace EinsumNet.Backends.Gpu;

/// <summary>Writes what a kernel of a traced function computes at one point of its loops, each value once.</summary>
/// <param name="to">Where it is written.</param>
/// <param name="bufferOf">The array of a buffer.</param>
/// <param name="faults">Where failed divisions of integers are told.</param>
/// <param name="failed">What becomes true in this thread where one fails, if anything asks.</param>
/// <param name="counters">The counters of the loops.</param>
/// <param name="states">The kernel's states.</param>
sealed class PointWriter(IrBuilder to, Func<int, IrArray> bufferOf, IrArray faults, VariableExpr? failed, ImmutableArray<IrExpr> counters, IReadOnlyList<IrExpr> states)
{
    readonly Dictionary<KernelExpr, IrExpr> _known = new(ReferenceEqualityComparer.Instance);

    internal IrExpr Value(KernelExpr expr)
    {
        if (expr is StateExpr state) return states[state.Index];
        if (_known.TryGetValue(expr, out var known)) return known;
        if (expr is ApplyExpr apply && Kernel.DividesWholes(apply)) CheckDivision(apply.Element, Value(apply.Operands[0]), Value(apply.Operands[1]));
        return _known[expr] = to.Let("v", Compute(expr));
    }

    void CheckDivision(ElementType element, IrExpr left, IrExpr right)
    {
        to.If(IrExpr.Equal(right, new WholeExpr(right.Type, 0)), () => Fail(FunctionFaults.DivideByZero));
        if (element is not (ElementType.Int or ElementType.Long or ElementType.NInt)) return;
        var least = new WholeExpr(left.Type, left.Type == IrType.Int ? int.MinValue : long.MinValue);
        to.If(IrExpr.Equal(right, new WholeExpr(right.Type, -1)) & IrExpr.Equal(left, least), () => Fail(FunctionFaults.Overflow));
    }

    void Fail(int fault)
    {
        to.Store(faults, 0, new WholeExpr(IrType.Int, fault));
        if (failed is not null) to.Set(failed, new WholeExpr(IrType.Truth, 1));
    }

    /// <summary>The values, then their stores: none of them is seen by another's value.</summary>
    internal void Store(ImmutableArray<Functions.KernelStore> stores)
    {
        foreach (var (store, value) in stores.Select(store => (store, Value(store.Value))).ToList()) to.Store(bufferOf(store.Buffer), Place(store.Place), value);
    }

    IrExpr Compute(KernelExpr expr) => expr switch
    {
        Functions.LoadExpr load => bufferOf(load.Buffer)[Place(load.Place)],
        IndexedLoadExpr load => bufferOf(load.Buffer)[Place(load.Place) + Inside(Value(load.Position), load.Size).As(IrType.Index) * load.Stride],
        NumberExpr number => ElementCode.Number(number.Element, number.Value),
        CounterExpr counter => Long(counter.Value),
        ApplyExpr apply => ElementCode.Apply(apply.Function, apply.Element, [.. apply.Operands.Select(Value)]),
        Functions.CastExpr cast => ElementCode.Cast(cast.Operand.Element, cast.Element, Value(cast.Operand)),
        _ => throw new InvalidOperationException($"No code computes {expr}."),
    };

    internal IrExpr Place(Affine place)
    {
        IrExpr sum = place.Offset;
        for (var loop = 0; loop < place.Factors.Length; loop++)
            if (place.Factors[loop] != 0) sum += counters[loop] * place.Factors[loop];
        return sum;
    }

    /// <summary>What is counted may be larger than any place.</summary>
    IrExpr Long(Affine value)
    {
        IrExpr sum = new WholeExpr(IrType.Long, value.Offset);
        for (var loop = 0; loop < value.Factors.Length; loop++)
            if (value.Factors[loop] != 0) sum = ElementCode.Apply(ElementFunction.Add, ElementType.Long, [sum, ElementCode.Apply(ElementFunction.Multiply, ElementType.Long, [counters[loop].As(IrType.Long), new WholeExpr(IrType.Long, value.Factors[loop])])]);
        return sum;
    }

    IrExpr Inside(IrExpr position, long size)
    {
        var (first, last) = (new WholeExpr(IrType.Long, 0), new WholeExpr(IrType.Long, size - 1));
        return new SelectExpr(position < first, first, new SelectExpr(last < position, last, position));
    }
}
