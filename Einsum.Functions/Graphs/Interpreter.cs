using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>Evaluates a graph node by node, by each primitive's own rule: what compiled code must agree with.</summary>
static class Interpreter
{
    internal static ImmutableArray<Dense> Run(Graph graph, ImmutableArray<Dense> arguments)
    {
        var values = new Dictionary<TensorExpr, ImmutableArray<Dense>>();
        foreach (var (parameter, argument) in graph.Parameters.Zip(arguments)) values[parameter] = [argument];
        foreach (var node in graph.Nodes())
        {
            if (values.ContainsKey(node)) continue;
            values[node] = node.Op is ItemOp item ? [values[node.Inputs[0]][item.Index]] : node.Op.Evaluate([.. node.Inputs.Select(input => values[input][0])]);
        }
        return [.. graph.Results.Select(result => values[result][0])];
    }
}
