using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>Axis k of the operand becomes axis Places[k] of the result, where a size of 1 may grow; the result's other axes repeat.</summary>
sealed record BroadcastOp(Shape Shape, AxisList Places) : Op
{
    internal override string Text => $"broadcast{Shape}{Places}";

    internal override ImmutableArray<TensorType> Infer(ImmutableArray<TensorExpr> inputs)
    {
        var from = inputs[0].Shape;
        for (var axis = 0; axis < from.Rank; axis++)
            if (from[axis] != 1 && from[axis] != Shape[Places[axis]]) throw FunctionErrors.BroadcastTo(from, Shape);
        return [inputs[0].Type with { Shape = Shape }];
    }

    internal override ImmutableArray<Batched> Batch(ImmutableArray<Batched> inputs, long size) =>
        Batched.One(inputs[0].Value.Apply(new BroadcastOp([size, .. Shape], [0, .. Places.Select(axis => axis + 1)])));

    internal override ImmutableArray<Dense> Evaluate(ImmutableArray<Dense> inputs)
    {
        var (source, strides) = (inputs[0], Positions.Strides(inputs[0].Shape));
        var spread = new long[Shape.Rank];
        for (var axis = 0; axis < strides.Length; axis++)
            if (source.Shape[axis] != 1) spread[Places[axis]] = strides[axis];
        return [source.Gather(Shape, Positions.Of(Shape, spread))];
    }
}
