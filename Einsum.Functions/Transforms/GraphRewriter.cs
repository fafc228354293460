using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>Rebuilds a graph node by node, inputs first.</summary>
static class GraphRewriter
{
    /// <summary>Each node becomes what <paramref name="rewrite"/> makes of it and its new inputs.</summary>
    internal static Graph Run(Graph graph, Func<TensorExpr, ImmutableArray<TensorExpr>, TensorExpr> rewrite)
    {
        var made = graph.Parameters.ToDictionary(parameter => parameter);
        foreach (var node in graph.Nodes())
            if (!made.ContainsKey(node)) made[node] = rewrite(node, [.. node.Inputs.Select(input => made[input])]);
        return graph with { Results = [.. graph.Results.Select(result => made[result])] };
    }
}
