using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>
/// Sums a label that only one operand of a step has, and that the result does not keep, before the step.
/// <code>%2 = ij,ik->i (%0, %1)   --->   %2 = ij->i (%0); %3 = ik->i (%1); %4 = i,i->i (%2, %3)</code>
/// </summary>
static class SumLoneLabels
{
    internal static IndexProgram Run(IndexProgram program)
    {
        var rewriter = new StepRewriter(program);
        foreach (var (i, step) in program.Steps.Index())
        {
            var operands = step.Operands.Select(value => step.Operands.Length == 1 ? rewriter[value] : SumOwn(value)).ToImmutableArray();
            rewriter.Replace(i, operands, step.Result);

            int SumOwn(int value)
            {
                var labels = program.LabelsOf(value);
                var others = step.Operands.Where(other => other != value).SelectMany(other => program.LabelsOf(other)).ToHashSet();
                var kept = labels.Where(label => others.Contains(label) || step.Result.Contains(label)).ToImmutableArray();
                return kept.Length == labels.Length ? rewriter[value] : rewriter.Append(new IndexStep([rewriter[value]], kept));
            }
        }
        return rewriter.Target;
    }
}
