namespace EinsumNet.Backends.Cpu;

/// <summary>
/// How the loops of a copy are cut: into rectangles of rows and columns, columns being neighbours in the result, and, where the columns are few,
/// of the next loop in which the result goes on.
/// </summary>
/// <param name="Columns">The loop through neighbours of the result.</param>
/// <param name="Rows">The other loop of the rectangle; through neighbours of the operand unless the columns are that already. Null where there is none.</param>
/// <param name="More">The loop, other than the rows, in which the result goes on where the columns end; null where there is none.</param>
sealed record Rectangle(Loop Columns, Loop? Rows, Loop? More)
{
    /// <summary>Whether the operand's neighbours are the result's.</summary>
    internal bool KeepsRows => Columns.Strides[0] == 1;

    /// <summary>Whether rows follow each other without a gap in the result.</summary>
    internal bool IsDense => Rows?.ResultStride == Columns.Extent;

    internal Steps Steps(nint sourceAhead) =>
        new((nint)(Rows?.Strides[0] ?? 0), (nint)Columns.Strides[0], (nint)(Rows?.ResultStride ?? 0), sourceAhead);

    /// <summary>Null where the result or the operand has no neighbours.</summary>
    internal static Rectangle? Of(KernelPlan plan)
    {
        var columns = plan.Loops.FirstOrDefault(loop => loop.ResultStride == 1);
        if (columns is null) return null;
        var others = plan.Loops.Remove(columns);
        // The next rows of the operand, so that it is read from its beginning to its end as far as possible.
        var rows = columns.Strides[0] == 1 ? others.MinBy(loop => loop.Strides[0]) : others.Where(loop => loop.Strides[0] == 1).MaxBy(loop => loop.Extent);
        if (rows is null && columns.Strides[0] != 1) return null;
        return new(columns, rows, others.FirstOrDefault(loop => !ReferenceEquals(loop, rows) && loop.ResultStride == columns.Extent));
    }
}
