using System.Collections.Immutable;
using System.Text;

namespace EinsumNet.Functions;

/// <summary>A traced function: its parameters, and its results as expressions of them.</summary>
sealed record Graph(ImmutableArray<TensorExpr> Parameters, ImmutableArray<TensorExpr> Results)
{
    /// <summary>Runs the function, made on that line, once on fresh parameters.</summary>
    internal static Graph Trace(Func<TensorExpr[], TensorExpr[]> function, IEnumerable<TensorType> types, string? line = null)
    {
        using var depth = TraceDepth.Enter(line);
        ImmutableArray<TensorExpr> parameters = [.. types.Select(Parameter)];
        return new Graph(parameters, [.. Given.Values(function([.. parameters]), "the function", "result").Select(Settle)]);
    }

    internal static TensorExpr Parameter(TensorType type) => TensorExpr.Make(new ParameterOp(type), []);

    /// <summary>A number of C# that met nothing keeps its own type.</summary>
    internal static TensorExpr Settle(TensorExpr value) => value.IsWeak ? value.Adopt("a result", value.Element) : value;

    /// <summary>Every node that the results need, inputs before users.</summary>
    internal ImmutableArray<TensorExpr> Nodes() => Reach(Results);

    internal static ImmutableArray<TensorExpr> Reach(IEnumerable<TensorExpr> roots)
    {
        var (order, seen, stack) = (ImmutableArray.CreateBuilder<TensorExpr>(), new HashSet<TensorExpr>(), new Stack<(TensorExpr Node, bool Done)>());
        foreach (var root in roots)
        {
            stack.Push((root, false));
            // Not recursive: a traced loop of C# may be deeper than the stack.
            while (stack.TryPop(out var entry))
            {
                if (entry.Done) order.Add(entry.Node);
                else if (seen.Add(entry.Node))
                {
                    stack.Push((entry.Node, true));
                    for (var i = entry.Node.Inputs.Length - 1; i >= 0; i--) stack.Push((entry.Node.Inputs[i], false));
                }
            }
        }
        return order.ToImmutable();
    }

    /// <summary>One line per node: <c>%2 = add double[3] (%0, %1)</c>.</summary>
    public override string ToString()
    {
        var names = Parameters.Index().ToDictionary(pair => pair.Item, pair => $"%{pair.Index}");
        var text = new StringBuilder();
        foreach (var node in Nodes())
        {
            if (names.ContainsKey(node)) continue;
            if (node.Op is ConstantOp { Value.Data.Length: 1 })
            {
                names[node] = node.Op.ToString();
                continue;
            }
            names[node] = $"%{names.Values.Count(name => name.StartsWith('%'))}";
            var inputs = string.Join(", ", node.Inputs.Select(input => names[input]));
            text.Append($"{names[node]} = {node.Op} {string.Join(", ", node.Types)}{(inputs.Length > 0 ? $" ({inputs})" : "")}\n");
        }
        return text.Append($"return {string.Join(", ", Results.Select(result => names[result]))}").ToString();
    }
}
