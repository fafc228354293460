using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>The same elements in the same row-major order under another shape.</summary>
sealed record ReshapeOp(Shape Shape) : Op
{
    internal override string Text => $"reshape{Shape}";

    internal override ImmutableArray<TensorType> Infer(ImmutableArray<TensorExpr> inputs)
    {
        if (Shape.AsSpan().ContainsAnyInRange(long.MinValue, -1) || Shape.ElementCount is not { } count || count != inputs[0].Type.Count)
            throw FunctionErrors.Reshape(inputs[0].Shape, Shape);
        return [inputs[0].Type with { Shape = Shape }];
    }

    internal override ImmutableArray<Batched> Batch(ImmutableArray<Batched> inputs, long size) => Batched.One(inputs[0].Value.Apply(new ReshapeOp([size, .. Shape])));

    internal override ImmutableArray<Dense> Evaluate(ImmutableArray<Dense> inputs) => [new Dense(inputs[0].Element, Shape, inputs[0].Data)];
}
