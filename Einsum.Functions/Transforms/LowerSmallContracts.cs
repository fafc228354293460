using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// Small contractions as products and sums of elements, so that they share a kernel with what is around them.
/// <code>%2 = einsum[ij,j->i] (%0, %1)   --->   %2 = reduce_add[1] (multiply (%0, broadcast (%1)))</code>
/// </summary>
static class LowerSmallContracts
{
    /// <summary>More products than this are faster in the kernels of contractions.</summary>
    const long MostProducts = 4096;

    internal static Graph Run(Graph graph) => GraphRewriter.Run(graph, (node, inputs) =>
        node.Op is ContractOp op && Lower(op, inputs) is { } lowered ? lowered : inputs.SequenceEqual(node.Inputs) ? node : TensorExpr.Make(node.Op, inputs));

    static TensorExpr? Lower(ContractOp op, ImmutableArray<TensorExpr> inputs)
    {
        var sides = op.Equation.Split("->");
        var terms = sides[0].Split(',');
        if (op.Equation.Contains('(') || terms.Append(sides[1]).Any(term => term.Distinct().Count() != term.Length) || inputs[0].Element is not (ElementType.Float or ElementType.Double)) return null;
        var labels = sides[1] + string.Concat(terms.SelectMany(term => term).Distinct().Except(sides[1]));
        var sizes = new long[labels.Length];
        foreach (var (term, input) in terms.Zip(inputs))
            for (var axis = 0; axis < term.Length; axis++) sizes[labels.IndexOf(term[axis])] = sizes[labels.IndexOf(term[axis])] is 0 or 1 ? input.Shape[axis] : sizes[labels.IndexOf(term[axis])];
        if (sizes.Contains(0) || sizes.Aggregate(1L, (product, size) => product * size) > MostProducts) return null;
        var factors = terms.Zip(inputs, (term, input) => input.Apply(new BroadcastOp([.. sizes], [.. term.Select(label => labels.IndexOf(label))])));
        var product = factors.Aggregate((left, right) => TensorExpr.Make(new ElementwiseOp(ElementFunction.Multiply), [left, right]));
        return labels.Length == sides[1].Length ? product : product.Apply(new ReduceOp(ElementFunction.Add, [.. Enumerable.Range(sides[1].Length, labels.Length - sides[1].Length)]));
    }
}
