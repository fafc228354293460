using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// Makes one kernel of a scan whose body is elementwise: each element runs through all iterations with its carries in registers, instead of
/// each iteration through all elements.
/// <code>for t: for i: c[i] = f(c[i], x[t, i])   --->   for i: c = c0[i]; for t: c = f(c, x[t, i])</code>
/// </summary>
static class ScanBuilder
{
    /// <summary>Whether such a kernel exists.</summary>
    internal static bool CanFuse(TensorExpr scan) => Make(scan, _ => 0, _ => null) is not null;

    /// <summary>
    /// The kernel, or null where the body moves or reduces elements, or carries and ys have several shapes. Results without a target are not stored.
    /// </summary>
    internal static Kernel? Make(TensorExpr scan, Func<TensorExpr, int?> bufferOf, Func<int, int?> targetOf)
    {
        var (op, body) = ((ScanOp)scan.Op, ((ScanOp)scan.Op).Body);
        if (body.Results.IsEmpty || body.Results.Any(result => result.Shape != body.Results[0].Shape)) return null;
        var shape = body.Results[0].Shape;
        var (free, loops) = (shape.ToImmutableArray(), shape.Rank + 1);
        ImmutableArray<Affine> index = [.. free.Select((_, axis) => Affine.Counter(loops, axis))];
        var time = op.Reverse ? Affine.Counter(loops, shape.Rank).Times(-1).Plus(op.Length - 1) : Affine.Counter(loops, shape.Rank);

        var parameters = body.Parameters.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        ImmutableArray<long> extents = [.. free, op.Length];
        // Outside of the body, and inside of it: a parameter of the body is a carry, or a place in a value outside.
        var outside = new Lowering(bufferOf, loops, (_, _) => null) { Extents = extents };
        var inside = new Lowering(node => parameters.TryGetValue(node, out var i) && i >= op.Carries && i < op.Carries + op.Captures ? bufferOf(scan.Inputs[i]) : null, loops, (node, at) =>
        {
            if (!parameters.TryGetValue(node, out var i)) return null;
            if (i < op.Carries) return at.SequenceEqual(index) ? new StateExpr(node.Element, i) : null;
            return outside.Run(scan.Inputs[i], i < op.Carries + op.Captures ? at : [time, .. at]);
        })
        { Extents = extents };

        var first = scan.Inputs.Take(op.Carries).Select(carry => outside.Run(carry, index)).ToList();
        var next = body.Results.Select(result => inside.Run(result, index)).ToList();
        if (first.Contains(null) || next.Contains(null)) return null;
        var states = first.Zip(next, (initial, step) => new KernelState(initial!, step!, null)).ToImmutableArray();
        var ys = from i in Enumerable.Range(op.Carries, next.Count - op.Carries)
                 where targetOf(i) is not null
                 select new KernelStore(targetOf(i)!.Value, Lowering.Place(scan.Types[i].Shape, [time, .. index], loops), next[i]!);
        var last = from i in Enumerable.Range(0, op.Carries)
                   where targetOf(i) is not null
                   select new KernelStore(targetOf(i)!.Value, Lowering.Place(shape, index, loops), new StateExpr(states[i].Element, i));
        return new Kernel(free, [op.Length], states, [.. ys], [.. last]);
    }
}
