using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// A while for each entry of a mapped axis, each for as long as its own condition holds. The inputs are those of One, of which Mapped, all
/// carries among them, have the mapped axis leading; results have it too.
/// </summary>
sealed record MappedWhileOp(WhileOp One, long Size, AxisList Mapped) : Op
{
    internal override string Text => $"while for each of {Size}";

    internal override bool HasItems => true;

    internal override ImmutableArray<TensorType> Infer(ImmutableArray<TensorExpr> inputs) => [.. inputs.Take(One.Carries).Select(carry => carry.Type)];

    internal override ImmutableArray<Batched> Batch(ImmutableArray<Batched> inputs, long size)
    {
        // Two mapped axes are one of as many entries as both.
        var mapped = inputs.Select((input, i) => input.IsMapped || Mapped.Contains(i)).ToList();
        var values = inputs.Select((input, i) =>
        {
            if (!mapped[i]) return input.Value;
            var both = Mapped.Contains(i) ? input.Mapped(size) : Repeated(input.Value);
            return both.Reshape([size * Size, .. both.Shape.Skip(2)]);
        });
        var made = TensorExpr.Make(new MappedWhileOp(One, size * Size, [.. Enumerable.Range(0, mapped.Count).Where(i => mapped[i])]), [.. values]);
        return [.. made.Items().Select(value => new Batched(value.Reshape([size, Size, .. value.Shape.Skip(1)]), true))];
    }

    TensorExpr Repeated(TensorExpr value) => value.Apply(new BroadcastOp([value.Shape[0], Size, .. value.Type.Inner.Shape], [0, .. Enumerable.Range(2, value.Shape.Rank - 1)]));

    internal override ImmutableArray<Dense> Evaluate(ImmutableArray<Dense> inputs) => EachSlice().Evaluate(
        [.. inputs.Where((_, i) => !Mapped.Contains(i)), .. inputs.Where((_, i) => Mapped.Contains(i))]);

    /// <summary>The same as a loop over the entries; its inputs are those that are not mapped, then those that are.</summary>
    internal ScanOp EachSlice()
    {
        var (condition, body) = (One.Condition.Parameters, One.Body.Parameters);
        ImmutableArray<TensorExpr> inputs = [.. condition.Concat(body.Skip(One.Carries)).Select(parameter => Graph.Parameter(parameter.Type))];
        ImmutableArray<TensorExpr> parameters = [.. inputs.Where((_, i) => !Mapped.Contains(i)), .. inputs.Where((_, i) => Mapped.Contains(i))];
        return new ScanOp(new Graph(parameters, TensorExpr.Make(One, inputs).Items()), 0, inputs.Length - Mapped.Count, Size, false);
    }

    /// <summary>The same as one while over all entries, in which those that have ended keep their carries while others go on.</summary>
    internal TensorExpr Masked(ImmutableArray<TensorExpr> inputs)
    {
        var captures = One.Carries + One.ConditionCaptures;
        bool[] mapped = [.. inputs.Select((_, i) => Mapped.Contains(i))];
        var (condition, _) = WhileOp.Map(One.Condition, mapped[..captures], Size);
        var (body, grows) = WhileOp.Map(One.Body, [.. mapped[..One.Carries], .. mapped[captures..]], Size);
        var any = new Graph(condition.Parameters, [condition.Results[0].Any()]);
        // The body asks the condition too, on the same carries and on its own copy of what the condition captured.
        ImmutableArray<TensorExpr> again = [.. condition.Parameters.Skip(One.Carries).Select(parameter => Graph.Parameter(parameter.Type))];
        var going = VmapTransform.Run(condition, [.. body.Parameters.Take(One.Carries).Concat(again).Select(value => new Batched(value, false))], Size)[0].Value;
        var results = body.Results.Select((result, i) => Fn.Where(
            going.Reshape([Size, .. Enumerable.Repeat(1L, body.Parameters[i].Shape.Rank - 1)]), new Batched(result, grows[i]).Mapped(Size), body.Parameters[i]));
        return TensorExpr.Make(One with { Condition = any, Body = new Graph([.. body.Parameters, .. again], [.. results]) }, [.. inputs, .. inputs[One.Carries..captures]]);
    }
}
