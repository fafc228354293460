namespace EinsumNet.Tests.Cpu;

/// <summary>The plan of an equation of one-letter labels on dense row-major operands, one loop per label.</summary>
static class EquationPlan
{
    internal static KernelPlan Make(string equation, ElementType element, Func<char, long> size)
    {
        var sides = equation.Split("->");
        var (terms, output) = (sides[0].Split(','), sides[1]);
        var labels = (output + sides[0]).Where(char.IsLetter).Distinct().ToArray();
        var loops = labels.Select(label => new Loop(size(label), Role(label, terms, output), [.. terms.Append(output).Select(term => Stride(term, label, size))]));
        var nest = loops.OrderBy(loop => loop.Role).ToArray();
        return new(KernelKinds.Classify(terms.Length, [.. nest]), [.. terms.Select(_ => new KernelOperand(element))], new(element), [.. nest]);
    }

    /// <summary>The same as it is planned: no loops of extent 1, and none that could be one.</summary>
    internal static KernelPlan Canonical(string equation, ElementType element, Func<char, long> size)
    {
        var plan = Make(equation, element, size);
        var loops = MergeLoops.Run([.. plan.Loops.Where(loop => loop.Extent > 1)]);
        return plan with { Kind = KernelKinds.Classify(plan.Operands.Length, loops), Loops = loops };
    }

    static LoopRole Role(char label, string[] terms, string output) =>
        !output.Contains(label) ? LoopRole.Contracted
        : terms.Length != 2 ? LoopRole.Free
        : !terms[1].Contains(label) ? LoopRole.Left
        : !terms[0].Contains(label) ? LoopRole.Right
        : LoopRole.Batch;

    static long Stride(string term, char label, Func<char, long> size) =>
        term.Select((other, axis) => other == label ? term[(axis + 1)..].Aggregate(1L, (product, inner) => product * size(inner)) : 0).Sum();
}
