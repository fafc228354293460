using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// A body that uses values from outside, rewritten to take them as further parameters. Whatever does not depend on the body's own parameters
/// is such a value, so what is the same in every iteration is computed once, before the loop. Scalar constants stay inside, and so does what
/// costs nothing where it is used: a value that is repeated along axes, of which what is repeated is captured, and numbers that count.
/// </summary>
sealed record Closure(Graph Body, ImmutableArray<TensorExpr> Captures)
{
    /// <summary>Adds what costs nothing inside: where kernels alone use it, or a loop in the loop, which counts by itself.</summary>
    static void AddFree(HashSet<TensorExpr> own, ImmutableArray<TensorExpr> nodes, ImmutableArray<TensorExpr> results)
    {
        var users = nodes.Where(own.Contains).ToList();
        var whole = users.Where(node => node.Op is ContractOp or TakeOp or ConcatOp || node.Op.HasItems)
            .SelectMany(node => node.Inputs.Where((_, i) => !IsCounter(node, i))).Concat(results).ToHashSet();
        foreach (var value in users.SelectMany(node => node.Inputs))
        {
            // What is repeated may be repeated itself.
            for (var free = value; free is { Op: BroadcastOp or IotaOp } && !whole.Contains(free) && own.Add(free);) free = free.Inputs.FirstOrDefault();
        }
    }

    static bool IsCounter(TensorExpr loop, int input) => loop.Op is ScanOp scan && input >= scan.Carries + scan.Captures && loop.Inputs[input].Op is IotaOp;

    /// <summary>The body with parameters: the first <paramref name="leading"/> of its own, the captured values, the rest of its own.</summary>
    internal static Closure Of(Graph body, int leading)
    {
        var nodes = body.Nodes();
        var own = new HashSet<TensorExpr>(body.Parameters);
        foreach (var node in nodes)
            if (node.Inputs.Any(own.Contains)) own.Add(node);

        AddFree(own, nodes, body.Results);
        var renamed = new Dictionary<TensorExpr, TensorExpr>();
        var captures = ImmutableArray.CreateBuilder<TensorExpr>();
        var parameters = ImmutableArray.CreateBuilder<TensorExpr>();
        foreach (var value in nodes.Where(own.Contains).SelectMany(node => node.Inputs).Concat(body.Results))
        {
            if (own.Contains(value) || value.Op is ConstantOp && value.Shape.Rank == 0 || renamed.ContainsKey(value)) continue;
            captures.Add(value);
            parameters.Add(renamed[value] = Graph.Parameter(value.Type));
        }
        foreach (var node in nodes)
        {
            if (renamed.ContainsKey(node) || !own.Contains(node) || body.Parameters.Contains(node)) continue;
            var inputs = node.Inputs.Select(input => renamed.GetValueOrDefault(input, input)).ToImmutableArray();
            if (!inputs.SequenceEqual(node.Inputs)) renamed[node] = TensorExpr.Make(node.Op, inputs);
        }
        return new Closure(
            new Graph([.. body.Parameters[..leading], .. parameters, .. body.Parameters[leading..]], [.. body.Results.Select(result => renamed.GetValueOrDefault(result, result))]),
            captures.ToImmutable());
    }
}
