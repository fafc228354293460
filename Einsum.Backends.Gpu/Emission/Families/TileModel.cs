using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>Which tile a device should compute a contraction by, from its units, its local memory and its registers: an estimate of the time of each candidate.</summary>
static class TileModel
{
    static readonly TileShape[] s_all =
    [
        new(128, 128, 8, 8, 8), new(128, 64, 8, 8, 4), new(64, 128, 8, 4, 8), new(64, 64, 16, 4, 4), new(64, 32, 16, 4, 2), new(32, 64, 16, 2, 4),
        new(32, 32, 8, 4, 4), new(32, 32, 16, 2, 2), new(16, 128, 16, 2, 4), new(128, 16, 16, 4, 2), new(16, 16, 16, 1, 1), new(8, 8, 8, 1, 1),
    ];

    static readonly int[] s_splits = [1, 2, 4, 8, 16, 32, 64];

    /// <summary>Depths that a group has at least where sums are split.</summary>
    const int LeastTiles = 4;

    /// <summary>Bytes of registers that a thread may fill with sums.</summary>
    const int SumBytes = 256;

    /// <summary>Groups of a unit that run at once, as a wave.</summary>
    const int GroupsPerUnit = 2;

    /// <summary>A partial sum written and read again, in multiply-adds of a good tile.</summary>
    const double PartialCost = 64;

    /// <summary>The tiles that the device can run, the best first.</summary>
    internal static ImmutableArray<TileShape> Candidates(MatrixShape shape, IrType arithmetic, DeviceLimits limits) =>
        Order(shape, s_all.Where(tile => Fits(tile, arithmetic, limits)), limits);

    /// <summary>The tiles by the time that they would take.</summary>
    internal static ImmutableArray<TileShape> Order(MatrixShape shape, IEnumerable<TileShape> tiles, DeviceLimits limits) =>
        [.. tiles.OrderBy(tile => s_splits.Min(splits => Time(shape, tile, splits, limits)))];

    /// <summary>Over how many groups to split the sums of a tile.</summary>
    internal static int Splits(MatrixShape shape, TileShape tile, DeviceLimits limits) => s_splits.MinBy(splits => Time(shape, tile, splits, limits));

    /// <summary>The splits of a tile's sums that leave each group enough of them.</summary>
    internal static IEnumerable<int> Splits(MatrixShape shape, TileShape tile) => s_splits.Where(splits => splits == 1 || IsDeepEnough(shape, tile, splits));

    static bool IsDeepEnough(MatrixShape shape, TileShape tile, int splits) => Math.Ceiling(Math.Ceiling((double)shape.DepthCount / splits) / tile.Depth) >= LeastTiles;

    /// <summary>The tiles of threads that the device can run.</summary>
    internal static IEnumerable<TileShape> Fitting(IrType arithmetic, DeviceLimits limits) => s_all.Where(tile => Fits(tile, arithmetic, limits));

    /// <summary>The tiles by the time that a list of products would take with them together; each has rows, columns, a depth and batches.</summary>
    internal static ImmutableArray<TileShape> Order(IEnumerable<(long Rows, long Columns, long Depth, long Batch)> products, IEnumerable<TileShape> tiles)
    {
        var all = products.ToArray();
        return [.. tiles.OrderBy(tile => all.Sum(product =>
            Math.Ceiling((double)product.Rows / tile.Rows) * Math.Ceiling((double)product.Columns / tile.Columns) * product.Batch * tile.Rows * tile.Columns
            * Math.Ceiling((double)product.Depth / tile.Depth) * tile.Depth / Efficiency(tile)))];
    }

    /// <summary>Multiply-adds of one thread per unit, at the rate of a perfect tile.</summary>
    static double Time(MatrixShape shape, TileShape tile, int splits, DeviceLimits limits)
    {
        var depth = Math.Ceiling(Math.Ceiling((double)shape.DepthCount / splits) / tile.Depth) * tile.Depth;
        if (splits > 1 && !IsDeepEnough(shape, tile, splits)) return double.MaxValue;
        var groups = Math.Ceiling((double)shape.RowCount / tile.Rows) * Math.Ceiling((double)shape.ColumnCount / tile.Columns) * shape.BatchCount * splits;
        var waves = Math.Ceiling(groups / (Math.Max(limits.ComputeUnits, 1) * GroupsPerUnit));
        var partial = splits > 1 ? PartialCost * splits * shape.RowCount * shape.ColumnCount * shape.BatchCount / Math.Max(limits.ComputeUnits, 1) : 0;
        return waves * GroupsPerUnit * tile.Rows * tile.Columns * depth / Efficiency(tile) + partial;
    }

    /// <summary>Multiply-adds per read of local memory, and per read of global memory, each with one more cycle for what it waits for.</summary>
    static double Efficiency(TileShape tile)
    {
        var near = (double)tile.ThreadRows * tile.ThreadColumns / (tile.ThreadRows + tile.ThreadColumns);
        var far = (double)tile.Rows * tile.Columns / (tile.Rows + tile.Columns);
        return near / (near + 1) * (far / (far + 16));
    }

    internal static bool Fits(TileShape tile, IrType arithmetic, DeviceLimits limits) =>
        tile.Threads <= Math.Min(limits.MaxGroupSize, limits.MaxGroupX)
        && tile.ThreadRows * tile.ThreadColumns * arithmetic.Size() <= SumBytes
        && LocalBytes(tile, arithmetic) <= limits.LocalBytes
        // A compiler for processors turns each thread of a group into a turn of a loop, and large tiles into large functions.
        && (!limits.IsProcessor || tile.ThreadRows * tile.ThreadColumns <= 16);

    /// <summary>Two operands' tiles and, at most, two tables of offsets on each axis.</summary>
    static int LocalBytes(TileShape tile, IrType arithmetic) =>
        tile.Depth * (tile.Rows + tile.Columns + 2 * TiledBody.Padding) * arithmetic.Size() + 2 * sizeof(long) * (tile.Rows + tile.Columns + tile.Depth);
}
