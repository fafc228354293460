using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>The operands one after the other along an axis.</summary>
sealed record ConcatOp(int Axis) : Op
{
    internal override string Text => $"concat[{Axis}]";

    internal override ImmutableArray<TensorType> Infer(ImmutableArray<TensorExpr> inputs)
    {
        var first = inputs[0];
        AxisList joined = [Axis];
        foreach (var input in inputs)
        {
            if (input.Shape.Rank != first.Shape.Rank || joined.Without(input.Shape) != joined.Without(first.Shape)) throw FunctionErrors.Concat("Concat", inputs.Select(each => each.Shape));
            if (input.Element != first.Element) throw FunctionErrors.ElementTypes("Concat", $"{first.Element.Name()} and {input.Element.Name()}", "operands of one element type");
        }
        return [first.Type with { Shape = Result(first.Shape, inputs.Sum(input => input.Shape[Axis])) }];
    }

    Shape Result(Shape shape, long size) => [.. shape.Select((other, axis) => axis == Axis ? size : other)];

    internal override ImmutableArray<Batched> Batch(ImmutableArray<Batched> inputs, long size) =>
        Batched.One(TensorExpr.Make(new ConcatOp(Axis + 1), [.. inputs.Select(input => input.Mapped(size))]));

    internal override ImmutableArray<Dense> Evaluate(ImmutableArray<Dense> inputs)
    {
        var shape = Result(inputs[0].Shape, inputs.Sum(input => input.Shape[Axis]));
        var data = Array.CreateInstance(inputs[0].Element.ToType(), shape.ElementCount!.Value);
        var outer = shape.Take(Axis).Aggregate(1L, (product, size) => product * size);
        var at = 0L;
        for (var i = 0L; i < outer; i++)
        {
            foreach (var input in inputs)
            {
                var run = input.Data.Length / outer;
                Array.Copy(input.Data, i * run, data, at, run);
                at += run;
            }
        }
        return [new Dense(inputs[0].Element, shape, data)];
    }
}
