using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>Elements along the axes, which are sorted, combined into one: Add, Multiply, Min, Max, And or Or.</summary>
sealed record ReduceOp(ElementFunction Combine, AxisList Reduced) : Op
{
    internal override string Text => $"reduce_{Combine.Text()}{Reduced}";

    internal override ImmutableArray<TensorType> Infer(ImmutableArray<TensorExpr> inputs)
    {
        var type = inputs[0].Type;
        var isLogic = Combine.IsLogic();
        if (isLogic != (type.Element == ElementType.Bool)) throw FunctionErrors.ElementTypes($"a reduction by {Combine}", type.Element.Name(), isLogic ? "bool" : "numbers");
        if (Combine is ElementFunction.Min or ElementFunction.Max && type.Element == ElementType.Complex) throw FunctionErrors.ElementTypes(Combine.ToString(), "Complex", "real numbers");
        if (Combine is ElementFunction.Min or ElementFunction.Max && Reduced.Any(axis => type.Shape[axis] == 0))
            throw FunctionErrors.EmptyReduction(Combine.ToString(), type.Shape);
        return [type with { Shape = Reduced.Without(type.Shape) }];
    }

    internal override ImmutableArray<Batched> Batch(ImmutableArray<Batched> inputs, long size) =>
        Batched.One(inputs[0].Value.Apply(new ReduceOp(Combine, [.. Reduced.Select(axis => axis + 1)])));

    /// <summary>What the reduction starts from, where it may be over nothing: 0, 1, true or false.</summary>
    internal object? Start => Combine switch
    {
        ElementFunction.Add => 0,
        ElementFunction.Multiply => 1,
        ElementFunction.And => true,
        ElementFunction.Or => false,
        _ => null,
    };

    internal override ImmutableArray<Dense> Evaluate(ImmutableArray<Dense> inputs) => [Elements.Visit(inputs[0].Element, new Fold(this, inputs[0]))];

    readonly struct Fold(ReduceOp op, Dense source) : IElementVisitor<Dense>
    {
        public Dense Visit<T>() where T : unmanaged
        {
            var combine = Scalars.Method(op.Combine, source.Element).CreateDelegate<Func<T, T, T>>();
            var (data, strides) = (source.As<T>(), Positions.Strides(source.Shape));
            var kept = Enumerable.Range(0, strides.Length).Except(op.Reduced).ToArray();
            var shape = source.Shape;
            Shape outer = [.. kept.Select(axis => shape[axis])], inner = [.. op.Reduced.Select(axis => shape[axis])];
            long[] innerStrides = [.. op.Reduced.Select(axis => strides[axis])];
            var start = op.Start is { } value ? (T?)Elements.Number<T>(value) : null;
            var result = Positions.Of(outer, [.. kept.Select(axis => strides[axis])]).Select(at =>
            {
                var values = Positions.Of(inner, innerStrides, at).Select(position => data[position]);
                return start is { } first ? values.Aggregate(first, combine) : values.Aggregate(combine);
            });
            return Dense.Of(outer, result.ToArray());
        }
    }
}
