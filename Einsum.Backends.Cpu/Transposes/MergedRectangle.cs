namespace EinsumNet.Backends.Cpu;

/// <summary>A rectangle whose sides are runs, each along several short axes, so that it fills more of a square than one of two axes.</summary>
/// <param name="Rows">A run of the operand, no longer than a line.</param>
/// <param name="Columns">A run of the result, along other loops.</param>
sealed record MergedRectangle(AxisRun Rows, AxisRun Columns)
{
    const int MostColumns = 64;

    /// <summary>
    /// A merged rectangle takes so many times fewer squares for an element, or less than that where rectangles have few elements. Its rows and columns are copied twice, so operand and result of large rectangles
    /// have to stay in the caches.
    /// </summary>
    const double LeastGain = 1.2, LeastGainOfFew = 1.1, FewBytes = 192, MostBytes = 4 << 20;

    /// <summary>Null where the rectangle of two axes is no worse.</summary>
    /// <param name="plan">The copy.</param>
    /// <param name="rectangle">A rectangle that has rows, and does not keep them.</param>
    /// <param name="side">The side of a square.</param>
    /// <param name="strip">The width of a strip; 0 where there are none.</param>
    internal static MergedRectangle? Of(KernelPlan plan, Rectangle rectangle, int side, int strip)
    {
        var size = plan.Element.Size();
        var (rows, columns) = (rectangle.Rows!, rectangle.Columns);
        var isSmall = rows.Extent * columns.Extent * size <= FewBytes;
        if (!isSmall && 2.0 * plan.Iterations * size > MostBytes) return null;
        if (AxisRun.Of(plan, 1, MostColumns, side, rows) is not { } down || AxisRun.Of(plan, 0, Lines.Bytes / size, 1, down.Loops) is not { } across) return null;
        var merged = Squares(across.Length) * across.Times / across.Length * Squares(down.Length) * down.Times / down.Length;
        var gain = Squares(rows.Extent) / rows.Extent * Squares(columns.Extent) / columns.Extent / merged;
        return gain >= (isSmall ? LeastGainOfFew : LeastGain) ? new(across, down) : null;

        // Two strips take as long as a square of the same side and a half.
        double Squares(long extent) => strip == 0 ? Math.Ceiling((double)extent / side) : Math.Max(Math.Ceiling((double)extent / strip) * strip / side, 0.5);
    }
}
