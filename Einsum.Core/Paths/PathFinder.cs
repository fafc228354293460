namespace EinsumNet;

/// <summary>The path finders that come with the library.</summary>
public static class PathFinder
{
    /// <summary>Exact up to 8 operands, greedy above.</summary>
    public static IPathFinder Auto { get; } = new AutoPathFinder();

    /// <summary>The path of the fewest scalar multiplications, by dynamic programming over all subsets of up to 20 operands.</summary>
    public static IPathFinder Optimal { get; } = new OptimalPathFinder();

    /// <summary>Always the pair whose contraction frees the most memory.</summary>
    public static IPathFinder Greedy { get; } = new GreedyPathFinder();
}

/// <summary>Exact where that is cheap, greedy above.</summary>
sealed class AutoPathFinder : IPathFinder
{
    const int ExactOperands = 8;

    public string Name => "auto";

    public ContractionPath Find(ContractionProblem problem)
    {
        var finder = problem.Inputs.Length <= ExactOperands ? PathFinder.Optimal : PathFinder.Greedy;
        var path = finder.Find(problem);
        return problem.Inputs.Length <= 2 ? path : path with { Remark = path.Remark ?? finder.Name };
    }
}
