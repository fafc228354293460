using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>
/// Turns a contraction path into steps. A label is summed in the first step after which nothing needs it.
/// <code>ij,jk,kl->il  (0, 1), (0, 1)   --->   %3 = ij,jk->ik (%0, %1); %4 = kl,ik->il (%2, %3)</code>
/// </summary>
static class FollowPath
{
    internal static IndexProgram Run(BoundEquation bound, ContractionPath path)
    {
        var program = new IndexProgram(bound, []);
        var output = BoundEquation.Distinct(bound.Output);
        var left = Enumerable.Range(0, bound.Inputs.Length).ToList();
        foreach (var (i, positions) in path.Steps.Index())
        {
            ImmutableArray<int> operands = [.. positions.Order().Select(position => left[position])];
            foreach (var position in positions.OrderDescending()) left.RemoveAt(position);
            var needed = left.SelectMany(value => program.LabelsOf(value)).Concat(output).ToHashSet();
            var result = i == path.Steps.Length - 1 ? output : [.. ResultOrder(program, operands).Where(needed.Contains)];
            program = program with { Steps = program.Steps.Add(new IndexStep(operands, result)) };
            left.Add(program.OperandCount + i);
        }
        return program;
    }

    /// <summary>Labels of all operands first, then each operand's own: the order in which a batched product writes its result.</summary>
    static IEnumerable<int> ResultOrder(IndexProgram program, ImmutableArray<int> operands)
    {
        var terms = operands.Select(program.LabelsOf).ToList();
        var shared = terms[0].Where(label => terms.TrueForAll(term => term.Contains(label)));
        return shared.Concat(terms.SelectMany(term => term)).Distinct();
    }
}
