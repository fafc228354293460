using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>The position, as a long, of the first greatest (or least) element along an axis; the first NaN where there is one.</summary>
sealed record ArgReduceOp(bool IsMax, int Axis) : Op
{
    internal override string Text => $"{(IsMax ? "argmax" : "argmin")}[{Axis}]";

    internal override ImmutableArray<TensorType> Infer(ImmutableArray<TensorExpr> inputs)
    {
        var type = inputs[0].Type;
        var name = IsMax ? "ArgMax" : "ArgMin";
        if (type.Element == ElementType.Bool) throw FunctionErrors.ElementTypes(name, "bool", "numbers");
        if (type.Element == ElementType.Complex) throw FunctionErrors.ElementTypes(name, "Complex", "real numbers");
        if (type.Shape[Axis] == 0) throw FunctionErrors.EmptyReduction(name, type.Shape);
        return [new TensorType(ElementType.Long, Reduced.Without(type.Shape))];
    }

    internal override ImmutableArray<Batched> Batch(ImmutableArray<Batched> inputs, long size) => Batched.One(inputs[0].Value.Apply(this with { Axis = Axis + 1 }));

    internal override ImmutableArray<Dense> Evaluate(ImmutableArray<Dense> inputs) => [Elements.Visit(inputs[0].Element, new Search(this, inputs[0]))];

    readonly struct Search(ArgReduceOp op, Dense source) : IElementVisitor<Dense>
    {
        public Dense Visit<T>() where T : unmanaged => op.Find<T>(source);
    }

    Dense Find<T>(Dense source) where T : unmanaged
    {
        var (data, strides, isMax) = (source.As<T>(), Positions.Strides(source.Shape), IsMax);
        var less = Scalars.Method(ElementFunction.Less, source.Element).CreateDelegate<Func<T, T, bool>>();
        var differs = Scalars.Method(ElementFunction.NotEqual, source.Element).CreateDelegate<Func<T, T, bool>>();
        var (size, stride) = (source.Shape[Axis], strides[Axis]);
        var outer = Reduced.Without(source.Shape);
        var starts = Positions.Of(outer, [.. strides.Where((_, axis) => axis != Axis)]);
        return Dense.Of(outer, starts.Select(start =>
        {
            var best = 0L;
            for (var i = 1L; i < size && !IsNaN(data[start + best * stride]); i++)
            {
                var (value, record) = (data[start + i * stride], data[start + best * stride]);
                if (IsNaN(value) || (isMax ? less(record, value) : less(value, record))) best = i;
            }
            return best;
        }).ToArray());

        // Alone among numbers it is not what it is.
        bool IsNaN(T value) => differs(value, value);
    }

    AxisList Reduced => [Axis];
}
