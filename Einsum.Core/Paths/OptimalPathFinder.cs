using System.Collections.Immutable;
using System.Numerics;

namespace EinsumNet;

/// <summary>
/// The cheapest contraction tree by dynamic programming over subsets of the operands (Pfeifer, Haegeman, Verstraete,
/// "Faster identification of optimal contraction sequences for tensor networks", 2014); outer products are considered too.
/// </summary>
sealed class OptimalPathFinder : IPathFinder
{
    const int MaxOperands = 20;

    public string Name => "optimal";

    public ContractionPath Find(ContractionProblem problem)
    {
        var n = problem.Inputs.Length;
        if (n > MaxOperands) throw PlanErrors.InvalidPath(Name, $"{n} operands are too many for an exact search, which takes at most {MaxOperands}");
        if (n <= 2) return ContractionPath.Single(n);

        var labels = LabelMasks(problem);
        var all = (1 << n) - 1;
        var best = new (double Cost, int Left)[all + 1];
        for (var set = 1; set <= all; set++)
        {
            if (BitOperations.IsPow2(set)) continue;
            best[set].Cost = double.PositiveInfinity;
            if (set != all && ResultSize(labels, set, all) > problem.MaxIntermediate) continue;
            // Of each pair of complements once: the part with the lowest operand is the left one.
            var rest = set & (set - 1);
            for (var right = rest; right > 0; right = (right - 1) & rest)
            {
                var left = set ^ right;
                var cost = best[left].Cost + best[right].Cost;
                if (cost >= best[set].Cost) continue;
                cost += StepCost(labels, left, right, all);
                if (cost < best[set].Cost) best[set] = (cost, left);
            }
        }
        if (double.IsPositiveInfinity(best[all].Cost))
            return ContractionPath.Single(n, "one n-ary step: no pairwise path keeps every intermediate within the memory limit");

        var positions = Enumerable.Range(0, n).Select(i => 1 << i).ToList();
        var steps = ImmutableArray.CreateBuilder<ImmutableArray<int>>(n - 1);
        Emit(all);
        return new ContractionPath(steps.ToImmutable());

        void Emit(int set)
        {
            if (BitOperations.IsPow2(set)) return;
            var (left, right) = (best[set].Left, set ^ best[set].Left);
            Emit(left);
            Emit(right);
            var (i, j) = (positions.IndexOf(left), positions.IndexOf(right));
            steps.Add(i < j ? [i, j] : [j, i]);
            positions.RemoveAt(Math.Max(i, j));
            positions.RemoveAt(Math.Min(i, j));
            positions.Add(set);
        }
    }

    /// <summary>Per label its size, the operands that have it, and whether the output does.</summary>
    static (double Size, int Operands, bool InOutput)[] LabelMasks(ContractionProblem problem)
    {
        var labels = problem.Sizes.Select((size, label) => ((double)size, 0, problem.Output.Contains(label))).ToArray();
        foreach (var (i, input) in problem.Inputs.Index())
            foreach (var label in input) labels[label].Item2 |= 1 << i;
        return labels;
    }

    static double ResultSize((double Size, int Operands, bool InOutput)[] labels, int set, int all)
    {
        var size = 1.0;
        foreach (var label in labels)
            if (IsKept(label.Operands, label.InOutput, set, all)) size *= label.Size;
        return size;
    }

    static double StepCost((double Size, int Operands, bool InOutput)[] labels, int left, int right, int all)
    {
        var cost = 1.0;
        foreach (var label in labels)
            if (IsKept(label.Operands, label.InOutput, left, all) || IsKept(label.Operands, label.InOutput, right, all)) cost *= label.Size;
        return cost;
    }

    /// <summary>Whether the result of contracting the set still has the label.</summary>
    static bool IsKept(int operands, bool inOutput, int set, int all) => (operands & set) != 0 && (inOutput || (operands & all & ~set) != 0);
}
