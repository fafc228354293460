using System.Collections.Immutable;
using System.Numerics;

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
        if (type.Shape[Axis] == 0) throw FunctionErrors.EmptyReduction(name, type.Shape);
        return [new TensorType(ElementType.Long, Reduced.Without(type.Shape))];
    }

    internal override ImmutableArray<Batched> Batch(ImmutableArray<Batched> inputs, long size) => Batched.One(inputs[0].Value.Apply(this with { Axis = Axis + 1 }));

    internal override ImmutableArray<Dense> Evaluate(ImmutableArray<Dense> inputs) => [inputs[0].Element switch
    {
        ElementType.Float => Find<float>(inputs[0]),
        ElementType.Double => Find<double>(inputs[0]),
        ElementType.Int => Find<int>(inputs[0]),
        _ => Find<long>(inputs[0]),
    }];

    Dense Find<T>(Dense source) where T : unmanaged, INumber<T>
    {
        var (data, strides, isMax) = (source.As<T>(), Positions.Strides(source.Shape), IsMax);
        var (size, stride) = (source.Shape[Axis], strides[Axis]);
        var outer = Reduced.Without(source.Shape);
        var starts = Positions.Of(outer, [.. strides.Where((_, axis) => axis != Axis)]);
        return Dense.Of(outer, starts.Select(start =>
        {
            var best = 0L;
            for (var i = 1L; i < size && !T.IsNaN(data[start + best * stride]); i++)
            {
                var (value, record) = (data[start + i * stride], data[start + best * stride]);
                if (T.IsNaN(value) || (isMax ? value > record : value < record)) best = i;
            }
            return best;
        }).ToArray());
    }

    AxisList Reduced => [Axis];
}
