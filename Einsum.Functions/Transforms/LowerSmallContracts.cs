using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// Small contractions as products and sums of elements, so that they share a kernel with what is around them.
/// <code>%2 = einsum[ij,j->i] (%0, %1)   --->   %2 = reduce_add[1] (multiply (%0, broadcast (%1)))</code>
/// </summary>
static class LowerSmallContracts
{
    /// <summary>Of any form: more products than this are faster in the kernels of contractions.</summary>
    const long MostProducts = 4096;

    /// <summary>Of a form that loops of vectors are good at; from some 100 x 100 x 100 on, the kernels of contractions are faster again.</summary>
    internal const long MostInVectors = 1 << 19;

    /// <summary>In loops: whatever is small.</summary>
    internal static Graph Run(Graph graph) => Run(graph, (node, products) => products <= MostProducts || products <= MostInVectors && IsAlongRows(node));

    /// <summary>
    /// Those that save a pass over memory and lose no time: where nothing is summed, or all, or vectors run along rows, and what is read or made of the result is
    /// computed element by element; and, of any size, those each of whose products has an element of its own that is computed for it alone.
    /// </summary>
    internal static Graph RunFused(Graph graph)
    {
        var users = graph.Nodes().SelectMany(node => node.Inputs.Select(input => (Input: input, User: node))).ToLookup(pair => pair.Input, pair => pair.User);
        return Run(graph, (node, products) => products <= MostInVectors && (IsSimple(((ContractOp)node.Op).Equation) || IsAlongRows(node)) && node.Inputs.Concat(users[node]).Any(IsElementwise)
            || node.Inputs.Any(input => input.Type.Count == products && IsElementwise(input) && users[input].Count() == 1 && !graph.Results.Contains(input)));
    }

    static bool IsElementwise(TensorExpr node) => node.Op is ElementwiseOp or ConvertOp;

    static bool IsSimple(string equation) => equation.Split("->") is [var inputs, var output] && (output.Length == 0 || inputs.Where(char.IsLetter).All(output.Contains));

    /// <summary>Whether a loop of vectors runs along the rows of the result and of what it is made of, and rows share what they load (see <see cref="JamLoops"/>).</summary>
    static bool IsAlongRows(TensorExpr node)
    {
        if (((ContractOp)node.Op).Equation.Split("->") is not [var inputs, [.. var rows, var last]] || node.Shape[rows.Length] * node.Element.Size() < VectorChoice.LeastBytes) return false;
        var terms = inputs.Split(',');
        return terms.All(term => !term.Contains(last) || term[^1] == last) && rows.Any(row => terms.Any(term => !term.Contains(row)));
    }

    static Graph Run(Graph graph, Func<TensorExpr, double, bool> which) => GraphRewriter.Run(graph, (node, inputs) =>
        node.Op is ContractOp op && Lower(op, inputs, products => which(node, products)) is { } lowered ? lowered : inputs.SequenceEqual(node.Inputs) ? node : TensorExpr.Make(node.Op, inputs));

    static TensorExpr? Lower(ContractOp op, ImmutableArray<TensorExpr> inputs, Func<double, bool> which)
    {
        var sides = op.Equation.Split("->");
        var terms = sides[0].Split(',');
        if (op.Equation.Contains('(') || terms.Append(sides[1]).Any(term => term.Distinct().Count() != term.Length) || inputs[0].Element is not (ElementType.Float or ElementType.Double)) return null;
        var labels = sides[1] + string.Concat(terms.SelectMany(term => term).Distinct().Except(sides[1]));
        var sizes = new long[labels.Length];
        foreach (var (term, input) in terms.Zip(inputs))
            for (var axis = 0; axis < term.Length; axis++) sizes[labels.IndexOf(term[axis])] = sizes[labels.IndexOf(term[axis])] is 0 or 1 ? input.Shape[axis] : sizes[labels.IndexOf(term[axis])];
        if (sizes.Contains(0) || !which(sizes.Aggregate(1.0, (product, size) => product * size))) return null;
        var factors = terms.Zip(inputs, (term, input) => input.Apply(new BroadcastOp([.. sizes], [.. term.Select(label => labels.IndexOf(label))])));
        var product = factors.Aggregate((left, right) => TensorExpr.Make(new ElementwiseOp(ElementFunction.Multiply), [left, right]));
        return labels.Length == sides[1].Length ? product : product.Apply(new ReduceOp(ElementFunction.Add, [.. Enumerable.Range(sides[1].Length, labels.Length - sides[1].Length)]));
    }
}
