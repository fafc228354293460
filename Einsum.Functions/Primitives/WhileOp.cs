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
        // A carry that the mapped axis reaches in one iteration has it in all; each round finds at least one more, or none.
        var mapped = inputs.Select(input => input.IsMapped).ToArray();
        var isOwn = false;
        Graph condition, body;
        bool[] grows;
        while (true)
        {
            (condition, var ends) = Map(Condition, mapped[..(Carries + ConditionCaptures)], size);
            (body, grows) = Map(Body, [.. mapped[..Carries], .. mapped[(Carries + ConditionCaptures)..]], size);
            isOwn |= ends[0];
            var grown = Enumerable.Range(0, Carries).Where(carry => !mapped[carry] && (isOwn || grows[carry])).ToList();
            if (grown.Count == 0) break;
            foreach (var carry in grown) mapped[carry] = true;
        }
        ImmutableArray<TensorExpr> values = [.. inputs.Select((input, i) => mapped[i] ? input.Mapped(size) : input.Value)];
        // Where the condition is the same for all they end together; else each ends on its own.
        Op made = isOwn ? new MappedWhileOp(this, size, [.. Enumerable.Range(0, mapped.Length).Where(i => mapped[i])])
            : this with { Condition = condition, Body = new Graph(body.Parameters, [.. body.Results.Select((result, i) => mapped[i] ? new Batched(result, grows[i]).Mapped(size) : result)]) };
        return [.. TensorExpr.Make(made, values).Items().Select((value, i) => new Batched(value, mapped[i]))];
    }

    /// <summary>The graph with a mapped axis in some of its parameters, and which of its results have it.</summary>
    internal static (Graph Graph, bool[] Mapped) Map(Graph graph, bool[] mapped, long size)
    {
        ImmutableArray<TensorExpr> parameters = [.. graph.Parameters.Select((parameter, i) => Graph.Parameter(mapped[i] ? parameter.Type.Outer(size) : parameter.Type))];
        var results = VmapTransform.Run(graph, [.. parameters.Select((parameter, i) => new Batched(parameter, mapped[i]))], size);
        return (new Graph(parameters, [.. results.Select(result => result.Value)]), [.. results.Select(result => result.IsMapped)]);
    }

    internal override ImmutableArray<Dense> Evaluate(ImmutableArray<Dense> inputs)
    {
        var carries = inputs[..Carries];
        var (outer, inner) = (inputs[Carries..(Carries + ConditionCaptures)], inputs[(Carries + ConditionCaptures)..]);
        while (Interpreter.Run(Condition, [.. carries, .. outer])[0].As<bool>()[0]) carries = Interpreter.Run(Body, [.. carries, .. inner]);
        return carries;
    }
}
