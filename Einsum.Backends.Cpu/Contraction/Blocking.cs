namespace EinsumNet.Backends.Cpu;

/// <summary>
/// How much of a product is worked on at once: a block of x (<see cref="Rows"/> by <see cref="Depth"/>) stays in L2, a block of y
/// (<see cref="Depth"/> by <see cref="Columns"/>) in this core's part of L3, and a panel of each in L1. After Goto and van de Geijn,
/// "Anatomy of high-performance matrix multiplication" (2008). Where x is small, or what it has of one or more blocks of depth, that is kept (<see cref="KeptDepth"/>), and blocks of y, used
/// once, stay in L2 beside it.
/// </summary>
/// <param name="Rows">Rows of a block of x.</param>
/// <param name="Columns">Columns of a block of y.</param>
/// <param name="Depth">Depth of both.</param>
/// <param name="TileRows">Rows of a register tile, so that few of the last tile's are wasted.</param>
/// <param name="KeptDepth">So much of the depth, whole blocks, is worked on with all columns before the next is, so that x is packed once for it, and not once per block of y; 0 where x is too large.</param>
/// <param name="Streams">Whether the result is written once and the caches do not hold it beside the operands.</param>
/// <param name="RunsByRows">Whether all of y's block fits L2 well beside a panel of x, so that rows of the result are written from end to end.</param>
/// <param name="PatchColumns">How many columns of the block's depth stay in L2 while their cache lines are copied to panels.</param>
readonly record struct Blocking(int Rows, int Columns, int Depth, int TileRows, long KeptDepth, bool Streams, bool RunsByRows, long PatchColumns)
{
    /// <summary>Whether what is worked on of x is packed once.</summary>
    internal bool KeepsX => KeptDepth > 0;

    /// <summary>Whether x of one entry of the batch is more than L2.</summary>
    internal bool IsXFar { get; init; }

    /// <summary>Whether y of all entries is more than L2.</summary>
    internal bool IsYFar { get; init; }

    /// <summary>Whether the result's block is collected in y's order of columns and moved from there.</summary>
    internal bool Collects { get; init; }

    /// <summary>Elements between rows of a collected block; a line more than columns so that rows share no set of the cache.</summary>
    internal int CStride { get; init; }

    /// <summary>A larger part of the result, collected in L3, lets both y and the result be visited in longer stretches.</summary>
    const int MostCollected = 3 << 20;

    /// <summary>The same product with its result collected.</summary>
    internal Blocking Collecting(long rows, long columns, int tileColumns, int elementSize, CacheSizes caches, bool isFar)
    {
        var mostBytes = caches.Holds(8 * Math.Min((double)rows * columns * elementSize, MostCollected)) ? MostCollected : caches.L3 / 8;
        var most = Math.Max(mostBytes / elementSize / rows / tileColumns, 1) * tileColumns;
        var block = (int)Math.Min(most, (columns + tileColumns - 1) / tileColumns * tileColumns);
        var height = (rows + TileRows - 1) / TileRows * TileRows;
        return this with
        {
            Collects = true,
            Rows = (int)height,
            Columns = block,
            PatchColumns = block,
            CStride = block + 2 * tileColumns,
            RunsByRows = false,
            Streams = isFar,
        };
    }

    /// <summary>
    /// A tile's reading and writing of the result is paid once per block of depth. Where L2 does not hold the result, blocks of the upper bound take 0.93 to 0.98 of the time with
    /// 2 MB of L2, and deeper ones more (Emerald Rapids); with 1 MB deeper blocks than the lower bound gain nothing (Zen 5).
    /// </summary>
    const int LeastDepthBytes = 2560, MostDepthBytes = 4096, L2PerDepth = 512;

    const long MaxColumnBytes = 4 << 20;

    /// <summary>Of y beside a kept x, at most so much, all of whose lines can be asked for while the block before is multiplied; more takes up to twice the time with 2 MB of L2 (Emerald Rapids).</summary>
    internal const long MaxKeptColumnBytes = 512 << 10;

    /// <summary>Lower tiles read y too often for what they compute.</summary>
    const int LeastHeight = 6;

    internal static Blocking For(long rows, long columns, long depth, int tileRows, int tileColumns, int elementSize, CacheSizes caches, bool isFar)
    {
        var most = (double)rows * columns * elementSize <= caches.L2 ? LeastDepthBytes : Math.Clamp(caches.L2 / L2PerDepth, LeastDepthBytes, MostDepthBytes);
        // Of the whole product alone, so that an element's sum is cut at the same places whoever computes it.
        var blockDepth = Math.Max(Balance(depth, most / elementSize, 1), 1);
        var depthBytes = (long)blockDepth * elementSize;
        var kept = KeptBlocks(rows, columns, depth, blockDepth, elementSize, caches) * blockDepth;
        var height = HeightFor(rows, tileRows);
        var nearBytes = NearBytes(caches);
        var columnBytes = kept > 0 ? nearBytes : caches.Holds(2 * Math.Min((double)columns * depthBytes, MaxColumnBytes)) ? MaxColumnBytes : caches.L3 / 2;
        var blockColumns = Balance(columns, columnBytes / depthBytes, tileColumns);
        return new Blocking(
            // What is kept is one block.
            kept > 0 && depth > 0 ? (int)((rows + height - 1) / height * height) : Balance(rows, caches.L2 / 2 / depthBytes, height),
            blockColumns,
            blockDepth,
            height,
            kept,
            blockDepth >= depth && isFar,
            blockColumns * depthBytes <= caches.L2 / (Simd128<byte>.HasManyRegisters ? 2 : 4),
            Math.Max(nearBytes / depthBytes, 1));
    }

    /// <summary>Bytes of a block of y that stays in L2 beside a kept x.</summary>
    static long NearBytes(CacheSizes caches) => Math.Min(caches.L2 / 2, MaxKeptColumnBytes);

    /// <summary>
    /// How many blocks of x's depth are kept: all, if three eighths of L2 have them; else, where what y has of one is too much to stay near, as many as a quarter has, or three eighths if y has several times
    /// as many columns. Then the result is read and written once for each time, but y need not be packed in large blocks, while nothing is multiplied (64 to 160 rows, sums of 2000 to 6000 terms: 0.84 to 0.92
    /// of the time; Emerald Rapids).
    /// </summary>
    static long KeptBlocks(long rows, long columns, long depth, int blockDepth, int elementSize, CacheSizes caches)
    {
        const long leastColumns = 4;
        var block = (double)rows * blockDepth * elementSize;
        var all = (depth + blockDepth - 1) / blockDepth;
        if (block == 0 || block * depth / blockDepth <= caches.L2 * 3 / 8) return Math.Max(all, 1);
        var most = columns < leastColumns * rows ? caches.L2 / 4 : caches.L2 * 3 / 8;
        return (double)columns * blockDepth * elementSize <= NearBytes(caches) ? 0 : (long)(most / block);
    }

    /// <summary>
    /// The tile height that computes fewest rows in fewest tiles, where the last tile is as low as kernels are: 24 rows are two tiles of 12 rather than 14 and 12,
    /// and 32 are 12, 12 and 8 rather than 14, 14 and 4, because low tiles wait for y.
    /// </summary>
    static int HeightFor(long rows, int most)
    {
        if (rows >= 16 * most) return most;
        var (best, least) = (most, (long.MaxValue, 0L, 0L));
        foreach (var height in Heights(most))
        {
            if (height < LeastHeight) continue;
            var last = rows % height == 0 ? height : Lowest(rows % height, most);
            var tiles = (rows + height - 1) / height;
            var cost = ((tiles - 1) * height + last, tiles, -last);
            if (cost.CompareTo(least) < 0) (best, least) = (height, cost);
        }

        return best;
    }

    /// <summary>The rows of the lowest kernel that covers so many.</summary>
    static long Lowest(long rows, int most)
    {
        var lowest = 0L;
        foreach (var height in Heights(most))
            if (height >= rows && rows > 0) lowest = height;
        return lowest;
    }

    /// <summary>The heights of the kernels beside the tallest one, tallest first: those of <see cref="ManyRegisters{T, V, S}"/> or <see cref="FewRegisters{T, V, S}"/>.</summary>
    static ReadOnlySpan<int> Heights(int most) => most == 14 ? [14, 12, 8, 4] : [6, 4];

    /// <summary>The least multiple of <paramref name="unit"/> that covers the extent in as few blocks as <paramref name="limit"/> allows.</summary>
    static int Balance(long extent, long limit, int unit)
    {
        limit = Math.Max(limit / unit * unit, unit);
        var blocks = Math.Max((extent + limit - 1) / limit, 1);
        var even = (extent + blocks - 1) / blocks;
        return (int)((even + unit - 1) / unit * unit);
    }
}
