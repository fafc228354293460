using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// Rewrites a graph for values with one more axis, each node by its primitive's batching rule.
/// <code>%1 = mul double[] (%0, %0)   --->   %1 = mul double[1000] (%0, %0)</code>
/// </summary>
static class VmapTransform
{
    /// <summary>The results of the graph where its parameters are these values; unmapped parts of the graph are used as they are.</summary>
    internal static ImmutableArray<Batched> Run(Graph graph, ImmutableArray<Batched> arguments, long size)
    {
        var values = new Dictionary<TensorExpr, ImmutableArray<Batched>>();
        foreach (var (parameter, argument) in graph.Parameters.Zip(arguments)) values[parameter] = [argument];
        foreach (var node in graph.Nodes())
        {
            if (values.ContainsKey(node)) continue;
            var inputs = node.Op is ItemOp item ? [values[node.Inputs[0]][item.Index]] : node.Inputs.Select(input => values[input][0]).ToImmutableArray();
            values[node] = node.Op is ItemOp ? inputs
                : inputs.Any(input => input.IsMapped) ? node.Op.Batch(inputs, size)
                : Unmapped(node, inputs);
        }
        return [.. graph.Results.Select(result => values[result][0])];
    }

    /// <summary>An operation that the mapped axis does not reach, on the new inputs where they are other than the old.</summary>
    static ImmutableArray<Batched> Unmapped(TensorExpr node, ImmutableArray<Batched> inputs)
    {
        var same = node.Inputs.Zip(inputs).All(pair => ReferenceEquals(pair.First, pair.Second.Value));
        var made = same ? node : TensorExpr.Make(node.Op, [.. inputs.Select(input => input.Value)]);
        return !made.Op.HasItems ? [new Batched(made, false)] : [.. made.Items().Select(value => new Batched(value, false))];
    }
}
