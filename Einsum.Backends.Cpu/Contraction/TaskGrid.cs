namespace EinsumNet.Backends.Cpu;

/// <summary>How a product is split into tasks: over the batch, then over rows and columns in register tiles, never over the depth.</summary>
readonly record struct TaskGrid(long Batch, long Rows, long Columns, long Depth, int BatchParts, int RowParts, int ColumnParts, int TileRows, int TileColumns)
{
    /// <summary>Multiply-adds below which one more thread costs more than it gives.</summary>
    const double LeastWork = 1 << 19;

    /// <summary>Batch entries are independent, so several tasks per thread cost nothing and even out threads of unequal speed.</summary>
    const int BatchTasksPerThread = 4;

    /// <summary>Multiply-adds that take as long as packing an element.</summary>
    const double PackedElement = 30;

    /// <summary>And as an operation on an element, where operands are computed while they are packed.</summary>
    const double Operation = 3;

    /// <summary>
    /// What a grid that cuts no columns may cost more where somebody goes on with its parts, and where rows are short: whoever reads or writes a part does so in order, and the hardware reads on,
    /// past its rows' ends, into lines that another thread writes.
    /// </summary>
    const double WholeRows = 1.2, WholeShortRows = 1.1;

    /// <summary>Squares of 192 to 320 whose rows are no longer took 0.82 to 0.91 of the time in whole rows, of 384 and 512 0.87 to 1.05; the operands of longer ones are packed, where y would be packed twice (two cores of Zen 5).</summary>
    const int ShortRowBytes = 2048;

    internal int Tasks => BatchParts * RowParts * ColumnParts;

    internal static int ThreadsFor(double multiplyAdds, int maxThreads) => (int)Math.Clamp(multiplyAdds / LeastWork, 1, Math.Max(maxThreads, 1));

    /// <param name="batch">Entries of the batch.</param>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="columns">Columns of the result.</param>
    /// <param name="depth">The length of the sums.</param>
    /// <param name="threads">How many threads there are.</param>
    /// <param name="tileRows">What rows are cut in multiples of.</param>
    /// <param name="tileColumns">What columns are cut in multiples of.</param>
    /// <param name="elementSize">Bytes of an element.</param>
    /// <param name="wholeRows">Whether somebody goes on with the parts, who had better have whole rows.</param>
    /// <param name="workX">Operations that an element of x takes; 0 where it lies in memory.</param>
    /// <param name="workY">And one of y.</param>
    internal static TaskGrid For(
        long batch, long rows, long columns, long depth, int threads, int tileRows, int tileColumns, int elementSize, bool wholeRows, double workX, double workY)
    {
        if (threads == 1) return new TaskGrid(batch, rows, columns, depth, 1, 1, 1, tileRows, tileColumns);
        if (batch >= threads)
            return new TaskGrid(batch, rows, columns, depth, (int)Math.Min(batch, BatchTasksPerThread * threads), 1, 1, tileRows, tileColumns);

        var parts = threads / (int)Math.Max(batch, 1);
        var columnsCost = wholeRows ? WholeRows : columns * elementSize <= ShortRowBytes ? WholeShortRows : 1;
        var (rowParts, columnParts) = Split(Tiles(rows, tileRows), Tiles(columns, tileColumns), tileRows, tileColumns, parts, columnsCost, workX, workY);
        return new TaskGrid(batch, rows, columns, depth, (int)batch, rowParts, columnParts, tileRows, tileColumns);
    }

    /// <summary>The range of the whole that the task computes.</summary>
    internal TaskPart this[int task]
    {
        get
        {
            var (rest, column) = Math.DivRem(task, ColumnParts);
            var (entry, row) = Math.DivRem(rest, RowParts);
            return new TaskPart(
                Range(Batch, 1, entry, BatchParts), Range(Rows, TileRows, row, RowParts), Range(Columns, TileColumns, column, ColumnParts), new TaskRange(0, Depth));
        }
    }

    /// <summary>
    /// A grid of about <paramref name="parts"/> tasks. Each row of tasks packs all of y and each column all of x, or computes it, so the grid that does
    /// least is taken.
    /// </summary>
    static (int RowParts, int ColumnParts) Split(
        long rowTiles, long columnTiles, int tileRows, int tileColumns, int parts, double columnsCost, double workX, double workY)
    {
        var (best, least) = ((1, 1), double.MaxValue);
        for (var rowParts = 1; rowParts <= parts; rowParts++)
        {
            var columnParts = parts / rowParts;
            if (rowParts > rowTiles || columnParts > columnTiles) continue;
            // The slowest task decides: what it multiplies, and what it packs. Packing an element costs some multiply-adds.
            var (height, width) = (Math.Ceiling((double)rowTiles / rowParts) * tileRows, Math.Ceiling((double)columnTiles / columnParts) * tileColumns);
            var cost = height * width + (PackedElement + workX * Operation) * height + (PackedElement + workY * Operation) * width;
            if (columnParts > 1) cost *= columnsCost;
            if (cost < least) (best, least) = ((rowParts, columnParts), cost);
        }

        return best;
    }

    static long Tiles(long extent, int unit) => (extent + unit - 1) / unit;

    static TaskRange Range(long extent, int unit, int part, int parts)
    {
        var tiles = Tiles(extent, unit);
        var start = Math.Min(extent, tiles * part / parts * unit);
        return new TaskRange(start, Math.Min(extent, tiles * (part + 1) / parts * unit) - start);
    }
}

readonly record struct TaskRange(long Start, long Count)
{
    internal long End => Start + Count;
}

/// <summary>What one task computes: all of the depth, or a stretch of it.</summary>
readonly record struct TaskPart(TaskRange Batch, TaskRange Rows, TaskRange Columns, TaskRange Depth);
