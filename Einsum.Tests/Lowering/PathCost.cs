using System.Collections.Immutable;

namespace EinsumNet.Tests.Lowering;

/// <summary>What paths cost, from first principles: a step visits every combination of its operands' labels once.</summary>
static class PathCost
{
    /// <summary>Scalar multiplications of a pairwise path.</summary>
    internal static double Of(ContractionProblem problem, ContractionPath path)
    {
        var left = problem.Inputs.Select((labels, i) => (Labels: Alive(problem, labels, [i]), Of: ImmutableHashSet.Create(i))).ToList();
        var cost = 0.0;
        foreach (var step in path.Steps)
        {
            var operands = step.Select(position => left[position]).ToList();
            foreach (var position in step.OrderDescending()) left.RemoveAt(position);
            var labels = operands.SelectMany(operand => operand.Labels).ToHashSet();
            var made = operands.Aggregate(ImmutableHashSet<int>.Empty, (all, operand) => all.Union(operand.Of));
            cost += Size(problem, labels);
            left.Add((Alive(problem, labels, made), made));
        }
        return cost;
    }

    /// <summary>The least cost of any binary tree over the operands.</summary>
    internal static double Least(ContractionProblem problem)
    {
        var all = Enumerable.Range(0, problem.Inputs.Length).ToImmutableHashSet();
        return Least([.. all.Select(i => (Alive(problem, problem.Inputs[i], [i]), ImmutableHashSet.Create(i)))]);

        double Least(ImmutableArray<(ImmutableHashSet<int> Labels, ImmutableHashSet<int> Of)> left)
        {
            if (left.Length == 1) return 0;
            var least = double.PositiveInfinity;
            for (var i = 0; i < left.Length; i++)
            {
                for (var j = i + 1; j < left.Length; j++)
                {
                    var (labels, made) = (left[i].Labels.Union(left[j].Labels), left[i].Of.Union(left[j].Of));
                    least = Math.Min(least, Size(problem, labels) + Least(left.RemoveAt(j).RemoveAt(i).Add((Alive(problem, labels, made), made))));
                }
            }
            return least;
        }
    }

    /// <summary>The labels that the output or an operand outside still needs.</summary>
    static ImmutableHashSet<int> Alive(ContractionProblem problem, IEnumerable<int> labels, ImmutableHashSet<int> made) =>
        [.. labels.Where(label => problem.Output.Contains(label) || problem.Inputs.Where((_, i) => !made.Contains(i)).Any(input => input.Contains(label)))];

    static double Size(ContractionProblem problem, IEnumerable<int> labels) => labels.Aggregate(1.0, (product, label) => product * problem.Sizes[label]);
}
