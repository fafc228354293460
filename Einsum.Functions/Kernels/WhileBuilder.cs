using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// Makes one kernel of a while whose carries are scalars, mapped or not: each element runs for as long as its own condition holds, with its
/// carries in registers.
/// <code>while any of c[i] &lt; 9: c[i] = where(c[i] &lt; 9, f(c[i]), c[i])   --->   for i: c = c0[i]; while c &lt; 9: c = f(c)</code>
/// </summary>
static class WhileBuilder
{
    /// <summary>Whether such a kernel exists.</summary>
    internal static bool CanFuse(TensorExpr loop) => Make(loop, _ => 0, _ => null) is not null;

    /// <summary>The kernel, or null where a carry is no scalar, or condition or body are not elementwise. Results without a target are not stored.</summary>
    internal static Kernel? Make(TensorExpr loop, Func<TensorExpr, int?> bufferOf, Func<int, int?> targetOf)
    {
        var (op, free, mapped) = loop.Op switch
        {
            MappedWhileOp many => (many.One, ImmutableArray.Create(many.Size), many.Mapped),
            _ => ((WhileOp)loop.Op, ImmutableArray<long>.Empty, default(AxisList?)),
        };
        if (op.Carries == 0 || op.Body.Results.Any(result => result.Shape.Rank > 0)) return null;
        var loops = free.Length + 1;
        ImmutableArray<Affine> index = [.. free.Select((_, axis) => Affine.Counter(loops, axis))];
        var outside = new Lowering(bufferOf, loops, (_, _) => null) { Extents = [.. free, 1] };

        var states = op.Body.Results.Select((result, i) => new StateExpr(result.Element, i)).ToList();
        var first = Enumerable.Range(0, op.Carries).Select(carry => outside.Run(loop.Inputs[carry], index)).ToList();
        var condition = Inside(op.Condition, op.Carries).Run(op.Condition.Results[0], []);
        var body = Inside(op.Body, op.Carries + op.ConditionCaptures);
        var next = op.Body.Results.Select(result => body.Run(result, [])).ToList();
        if (condition is null || first.Contains(null) || next.Contains(null)) return null;
        var stores = from i in Enumerable.Range(0, op.Carries)
                     where targetOf(i) is not null
                     select new KernelStore(targetOf(i)!.Value, Lowering.Place(loop.Types[i].Shape, index, loops), states[i]);
        return new Kernel(free, [1], [.. first.Zip(next, (initial, step) => new KernelState(initial!, step!, null))], [], [.. stores]) { Condition = condition };

        // A parameter of condition or body is a carry, or a place in a value outside; the captured ones stand from an input on.
        Lowering Inside(Graph graph, int captured)
        {
            var parameters = graph.Parameters.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
            return new Lowering(node => Input(node) is { } input && !IsMapped(input) ? bufferOf(loop.Inputs[input]) : null, loops, (node, at) =>
            {
                if (!parameters.TryGetValue(node, out var i)) return null;
                if (i < op.Carries) return states[i];
                return outside.Run(loop.Inputs[captured + i - op.Carries], IsMapped(captured + i - op.Carries) ? [.. index, .. at] : at);
            });

            int? Input(TensorExpr node) => parameters.TryGetValue(node, out var i) && i >= op.Carries ? captured + i - op.Carries : null;
        }

        bool IsMapped(int input) => mapped?.Contains(input) == true;
    }
}
