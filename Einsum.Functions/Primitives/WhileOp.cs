using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// Repeats Body while Condition holds. Inputs are the carries, what the condition captured, and what the body captured; results the carries.
/// </summary>
sealed record WhileOp(Graph Condition, Graph Body, int Carries, int ConditionCaptures) : Op
{
    internal override string Text => "while";

    internal override bool HasItems => true;

    internal override ImmutableArray<TensorType> Infer(ImmutableArray<TensorExpr> inputs) => [.. inputs.Take(Carries).Select(carry => carry.Type)];

    internal override ImmutableArray<Batched> Batch(ImmutableArray<Batched> inputs, long size)
    {
        var mapped = inputs.Select(input => input.IsMapped).ToArray();
        Graph condition, body;
        while (true)
        {
            (condition, var ends) = Map(Condition, [.. mapped[..(Carries + ConditionCaptures)]], size);
            (body, var grows) = Map(Body, [.. mapped[..Carries], .. mapped[(Carries + ConditionCaptures)..]], size);
            // Where the elements end at different times, those that have ended keep their carry while the others go on.
            var grown = Enumerable.Range(0, Carries).Where(carry => !mapped[carry] && (ends[0] || grows[carry])).ToList();
            if (grown.Count > 0)
            {
                foreach (var carry in grown) mapped[carry] = true;
                continue;
            }
            var spread = new Graph(body.Parameters, [.. body.Results.Select((result, i) => new Batched(result, grows[i]) is var value && mapped[i] ? value.Mapped(size) : value.Value)]);
            var made = ends[0] ? Masked(condition, spread, size) : this with { Condition = condition, Body = spread };
            var values = inputs.Select((input, i) => mapped[i] ? input.Mapped(size) : input.Value).ToList();
            if (ends[0]) values.AddRange(values[Carries..(Carries + ConditionCaptures)]);
            var results = TensorExpr.Make(made, [.. values]);
            return [.. results.Items().Select((value, i) => new Batched(value, mapped[i]))];
        }
    }

    static (Graph Graph, bool[] Mapped) Map(Graph graph, bool[] mapped, long size)
    {
        ImmutableArray<TensorExpr> parameters = [.. graph.Parameters.Select((parameter, i) => Graph.Parameter(mapped[i] ? parameter.Type.Outer(size) : parameter.Type))];
        var results = VmapTransform.Run(graph, [.. parameters.Select((parameter, i) => new Batched(parameter, mapped[i]))], size);
        return (new Graph(parameters, [.. results.Select(result => result.Value)]), [.. results.Select(result => result.IsMapped)]);
    }

    WhileOp Masked(Graph condition, Graph body, long size)
    {
        var any = new Graph(condition.Parameters, [condition.Results[0].Any()]);
        // The body asks the condition too, on the same carries and on its own copy of what the condition captured.
        ImmutableArray<TensorExpr> captures = [.. condition.Parameters.Skip(Carries).Select(parameter => Graph.Parameter(parameter.Type))];
        var going = VmapTransform.Run(condition, [.. body.Parameters.Take(Carries).Concat(captures).Select(value => new Batched(value, false))], size)[0].Value;
        var results = body.Results.Select((result, i) => Fn.Where(going.Reshape([size, .. Enumerable.Repeat(1L, result.Shape.Rank - 1)]), result, body.Parameters[i]));
        return this with { Condition = any, Body = new Graph([.. body.Parameters, .. captures], [.. results]) };
    }

    internal override ImmutableArray<Dense> Evaluate(ImmutableArray<Dense> inputs)
    {
        var carries = inputs[..Carries];
        var (outer, inner) = (inputs[Carries..(Carries + ConditionCaptures)], inputs[(Carries + ConditionCaptures)..]);
        while (Interpreter.Run(Condition, [.. carries, .. outer])[0].As<bool>()[0]) carries = Interpreter.Run(Body, [.. carries, .. inner]);
        return carries;
    }
}
