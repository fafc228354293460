using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// Takes transposes of operands, transposes of the result and sums of the result into an equation, whose kernels read and write any order.
/// <code>%2 = transpose[1, 0] (%0); %3 = einsum[ij,jk->ik] (%2, %1)   --->   %2 = einsum[ji,jk->ik] (%0, %1)</code>
/// </summary>
static class ContractStrided
{
    internal static Graph Run(Graph graph)
    {
        var uses = graph.Nodes().SelectMany(node => node.Inputs).Concat(graph.Results).CountBy(node => node).ToDictionary();
        var single = new HashSet<TensorExpr>();
        return GraphRewriter.Run(graph, (node, inputs) =>
        {
            var made = Rewrite(node, inputs, single) ?? (inputs.SequenceEqual(node.Inputs) ? node : TensorExpr.Make(node.Op, inputs));
            if (uses[node] == 1) single.Add(made);
            return made;
        });
    }

    static TensorExpr? Rewrite(TensorExpr node, ImmutableArray<TensorExpr> inputs, HashSet<TensorExpr> single) => node.Op switch
    {
        ContractOp contract => Operands(contract, inputs),
        TransposeOp transpose when inputs[0].Op is ContractOp contract && single.Contains(inputs[0]) =>
            Result(contract, inputs[0].Inputs, output => [.. transpose.Order.Select(axis => output[axis])]),
        ReduceOp { Combine: ElementFunction.Add } reduce when inputs[0].Op is ContractOp contract && single.Contains(inputs[0]) =>
            Result(contract, inputs[0].Inputs, output => [.. output.Where((_, axis) => !reduce.Reduced.Contains(axis))]),
        _ => null,
    };

    static TensorExpr Result(ContractOp contract, ImmutableArray<TensorExpr> operands, Func<string, IEnumerable<char>> output)
    {
        var sides = contract.Equation.Split("->");
        return TensorExpr.Make(new ContractOp($"{sides[0]}->{string.Concat(output(sides[1]))}"), operands);
    }

    static TensorExpr? Operands(ContractOp contract, ImmutableArray<TensorExpr> inputs)
    {
        if (!inputs.Any(input => input.Op is TransposeOp) || contract.Equation.Contains('(')) return null;
        var sides = contract.Equation.Split("->");
        // Axis k of a transpose is axis Order[k] of its operand, so the label goes from k to there.
        var terms = sides[0].Split(',').Zip(inputs, (term, input) => input.Op is not TransposeOp transpose ? term
            : string.Concat(Enumerable.Range(0, term.Length).OrderBy(axis => transpose.Order[axis]).Select(axis => term[axis])));
        return TensorExpr.Make(new ContractOp($"{string.Join(",", terms)}->{sides[1]}"), [.. inputs.Select(input => input.Op is TransposeOp ? input.Inputs[0] : input)]);
    }
}
