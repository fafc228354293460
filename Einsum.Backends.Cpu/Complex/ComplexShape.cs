namespace EinsumNet.Backends.Cpu;

/// <summary>
/// A nest of complex numbers seen as rows along one of its loops, where as many tensors as can be have neighbours or one number: a free loop, whose rows of the result are sums of products of rows,
/// or a contracted one, along which products of rows are summed up to a number.
/// </summary>
/// <param name="Row">The loop; null where there is none.</param>
/// <param name="Steps">The innermost of the other contracted loops, if rows along it are added up at once.</param>
/// <param name="Free">The other free loops, outermost first.</param>
/// <param name="Contracted">The other contracted ones.</param>
sealed record ComplexShape(Loop? Row, Loop? Steps, Loop[] Free, Loop[] Contracted)
{
    /// <summary>What a number costs that a vector loads, and one that is read by itself; a row's beginning, and adding up along it.</summary>
    const double Neighbour = 0.5, Single = 6, Begin = 16, AddUp = 8;

    /// <summary>The terms that take as long as a row's beginning.</summary>
    const double TermsPerRow = 60;

    internal bool IsSum => Row?.Role == LoopRole.Contracted;

    /// <summary>How many terms in long rows take as long as the plan.</summary>
    internal double Terms(KernelPlan plan) => plan.Iterations * (1 + TermsPerRow / ((Row?.Extent ?? 1.0) * (Steps?.Extent ?? 1)));

    internal static ComplexShape Of(KernelPlan plan)
    {
        var row = plan.Loops.IsEmpty ? null : plan.Loops.MinBy(loop => Cost(plan, loop));
        Loop[] free = LoopOrder.Sort(plan.Loops.Where(loop => loop.Role != LoopRole.Contracted && !ReferenceEquals(loop, row)));
        Loop[] contracted = LoopOrder.Sort(plan.Loops.Where(loop => loop.Role == LoopRole.Contracted && !ReferenceEquals(loop, row)));
        var areRows = row is not null && row.Role != LoopRole.Contracted && plan.Operands.Length <= 2 && row.Strides[..^1].All(stride => stride <= 1) && row.Strides[..^1].Contains(1);
        return areRows && contracted.Length > 0 ? new ComplexShape(row, contracted[^1], free, contracted[..^1]) : new ComplexShape(row, null, free, contracted);
    }

    /// <summary>By how much rows along the loop cost more than whole vectors, for each number.</summary>
    static double Cost(KernelPlan plan, Loop loop)
    {
        var cost = (Begin + (loop.Role == LoopRole.Contracted ? AddUp : 0)) / loop.Extent;
        var terms = (double)plan.Extent(LoopRole.Contracted);
        for (var tensor = 0; tensor <= plan.Operands.Length; tensor++)
        {
            var each = loop.Strides[tensor] switch { 0 => 0, 1 => Neighbour, _ => Single };
            // A number of the result is written once for all its terms.
            cost += tensor == plan.Operands.Length ? each / terms : each;
        }
        return cost;
    }
}
