using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>
/// Writes a step as vmaps around a dot: the contracted labels innermost, then the result's labels in order, each a vmap over the axis that it
/// has among the labels so far.
/// <code>ij,jk->ik   --->   vmap(vmap(dot, (0, null), 0), (null, 1), 1)</code>
/// </summary>
static class LowerToVmap
{
    internal static Term Run(IndexProgram program, IndexStep step)
    {
        var terms = step.Operands.Select(program.LabelsOf).ToImmutableArray();
        var contracted = program.LabelsOf(step).Where(label => !step.Result.Contains(label)).ToList();
        var mapped = new HashSet<int>();

        Term term = new Multiply(terms.Length);
        foreach (var label in contracted)
        {
            var isDot = term is Multiply { Operands: 2 } && terms.All(labels => labels.Contains(label));
            term = isDot ? new Dot() : new Sum(new Vmap(term, InAxes(label), 0));
            mapped.Add(label);
        }
        foreach (var label in step.Result)
        {
            var inAxes = InAxes(label);
            var outAxis = step.Result.Where(mapped.Contains).Count(other => step.Result.IndexOf(other) < step.Result.IndexOf(label));
            term = new Vmap(term, inAxes, outAxis, inAxes.All(axis => axis is null) ? program.Bound.Labels[label].Size : null);
            mapped.Add(label);
        }
        return term;

        ImmutableArray<int?> InAxes(int label) =>
            [.. terms.Select(labels => labels.Contains(label) ? labels.TakeWhile(other => other != label).Count(mapped.Contains) : (int?)null)];
    }
}
