using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// A body that uses values from outside, rewritten to take them as further parameters. Whatever does not depend on the body's own parameters
/// is such a value, so what is the same in every iteration is computed once, before the loop. Scalar constants stay inside, and so does what
/// costs nothing where it is used: a value that is repeated along axes, of which what is repeated is captured, and numbers that count.
/// </summary>
sealed record Closure(Graph Body, ImmutableArray<TensorExpr> Captures)
{
    /// <summary>The body with parameters: the first <paramref name="leading"/> of its own, the captured values, the rest of its own.</summary>
    internal static Closure Of(Graph body, int leading)
    {
        var nodes = body.Nodes();
        var own = new HashSet<TensorExpr>(body.Parameters);
        foreach (var node in nodes)
            if (node.Inputs.Any(own.Contains)) own.Add(node);

        // Only what kernels compute has them for nothing, and a loop in the loop, which counts by itself.
        bool IsFree(TensorExpr value) => value.Op is BroadcastOp or IotaOp;
        bool Counts(TensorExpr node, int input) => node.Op is ScanOp scan && input >= scan.Carries + scan.Captures && node.Inputs[input].Op is IotaOp;
        var whole = nodes.Where(own.Contains).Where(node => node.Op is ContractOp or TakeOp or ConcatOp || node.Op.HasItems)
            .SelectMany(node => node.Inputs.Where((_, i) => !Counts(node, i))).Concat(body.Results).ToHashSet();
        foreach (var value in nodes.Where(own.Contains).SelectMany(node => node.Inputs).Distinct().ToList())
        {
            // A value that is repeated twice over is repeated by either.
            for (var free = value; !own.Contains(free) && IsFree(free) && !whole.Contains(free); free = free.Inputs[0])
            {
                own.Add(free);
                if (free.Inputs.IsEmpty) break;
            }
        }

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
