using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// The part of the operand at a traced position along its axis Shared, where the Shared axes in front belong to both: position [shared...],
/// operand [shared..., size, rest...]. A position outside is clamped to the nearest inside, as JAX does.
/// </summary>
sealed record TakeOp(int Shared) : Op
{
    internal override string Text => Shared == 0 ? "take" : $"take[{Shared}]";

    internal override ImmutableArray<TensorType> Infer(ImmutableArray<TensorExpr> inputs)
    {
        var (source, position) = (inputs[0], inputs[1]);
        if (position.Element is not (ElementType.Int or ElementType.Long)) throw FunctionErrors.ElementTypes("At", position.Element.Name(), "a position of int or long");
        if (position.Shape.Rank != Shared) throw FunctionErrors.BroadcastTo(position.Shape, []);
        if (source.Shape[Shared] == 0) throw FunctionErrors.EmptyReduction("At", source.Shape);
        return [source.Type with { Shape = Taken.Without(source.Shape) }];
    }

    internal override ImmutableArray<Batched> Batch(ImmutableArray<Batched> inputs, long size)
    {
        // A position that is the same for all takes from a later axis, which is brought behind the shared ones.
        if (inputs[1].IsMapped) return Batched.One(TensorExpr.Make(new TakeOp(Shared + 1), [inputs[0].Mapped(size), inputs[1].Value]));
        if (Shared == 0) return Batched.One(TensorExpr.Make(this, [inputs[0].Value.MoveAxis(1, 0), inputs[1].Value]));
        return Batched.One(TensorExpr.Make(new TakeOp(Shared + 1), [inputs[0].Value, inputs[1].Mapped(size)]));
    }

    internal override ImmutableArray<Dense> Evaluate(ImmutableArray<Dense> inputs)
    {
        var (source, position) = (inputs[0], inputs[1]);
        var size = source.Shape[Shared];
        var inner = source.Shape.Skip(Shared + 1).Aggregate(1L, (product, each) => product * each);
        var places = Enumerable.Range(0, position.Data.Length).SelectMany(i =>
        {
            var at = Math.Clamp(Convert.ToInt64(position.Data.GetValue(i)), 0, size - 1);
            return Enumerable.Range(0, (int)inner).Select(k => (i * size + at) * inner + k);
        });
        return [source.Gather(Taken.Without(source.Shape), places)];
    }

    AxisList Taken => [Shared];
}
