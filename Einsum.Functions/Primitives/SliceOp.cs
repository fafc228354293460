using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>Every Step-th element of one axis, from Start and before Limit.</summary>
sealed record SliceOp(int Axis, long Start, long Limit, long Step) : Op
{
    internal override string Text => $"slice[{Axis}, {Start}:{Limit}:{Step}]";

    internal override ImmutableArray<TensorType> Infer(ImmutableArray<TensorExpr> inputs)
    {
        var shape = inputs[0].Shape;
        if (Start < 0 || Limit < Start || Limit > shape[Axis] || Step < 1) throw FunctionErrors.Slice(Start, Limit, Step, shape[Axis]);
        return [inputs[0].Type with { Shape = Result(shape) }];
    }

    Shape Result(Shape shape) => [.. shape.Select((size, axis) => axis == Axis ? (Limit - Start + Step - 1) / Step : size)];

    internal override ImmutableArray<Batched> Batch(ImmutableArray<Batched> inputs, long size) => Batched.One(inputs[0].Value.Apply(this with { Axis = Axis + 1 }));

    internal override ImmutableArray<Dense> Evaluate(ImmutableArray<Dense> inputs)
    {
        var (source, strides) = (inputs[0], Positions.Strides(inputs[0].Shape));
        var start = strides[Axis] * Start;
        strides[Axis] *= Step;
        var result = Result(source.Shape);
        return [source.Gather(result, Positions.Of(result, strides, start))];
    }
}
