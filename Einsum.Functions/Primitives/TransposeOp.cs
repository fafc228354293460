using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>Axis k of the result is axis Order[k] of the operand.</summary>
sealed record TransposeOp(AxisList Order) : Op
{
    internal override string Text => $"transpose{Order}";

    internal override ImmutableArray<TensorType> Infer(ImmutableArray<TensorExpr> inputs)
    {
        var shape = inputs[0].Shape;
        if (!Order.Order().SequenceEqual(Enumerable.Range(0, shape.Rank))) throw FunctionErrors.Axes("Transpose", Order.ToString(), $"are not each of its {shape.Rank} axes once");
        return [inputs[0].Type with { Shape = [.. Order.Select(axis => shape[axis])] }];
    }

    internal override ImmutableArray<Batched> Batch(ImmutableArray<Batched> inputs, long size) =>
        Batched.One(inputs[0].Value.Apply(new TransposeOp([0, .. Order.Select(axis => axis + 1)])));

    internal override ImmutableArray<Dense> Evaluate(ImmutableArray<Dense> inputs)
    {
        var (source, strides) = (inputs[0], Positions.Strides(inputs[0].Shape));
        Shape result = [.. Order.Select(axis => source.Shape[axis])];
        return [source.Gather(result, Positions.Of(result, [.. Order.Select(axis => strides[axis])]))];
    }
}
