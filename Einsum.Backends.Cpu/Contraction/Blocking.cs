namespace EinsumNet.Backends.Cpu;

/// <summary>
/// How much of a product is worked on at once: a block of x (<see cref="Rows"/> by <see cref="Depth"/>) stays in L2, a block of y
/// (<see cref="Depth"/> by <see cref="Columns"/>) in this core's part of L3, and a panel of each in L1. After Goto and van de Geijn,
/// "Anatomy of high-performance matrix multiplication" (2008).
/// </summary>
readonly record struct Blocking(int Rows, int Columns, int Depth)
{
    /// <summary>A tile's reading and writing of the result is paid once per block of depth; deeper ones gained nothing (Zen 5).</summary>
    const int MaxDepthBytes = 2560;

    const long MaxColumnBytes = 4 << 20;

    internal static Blocking For(long rows, long columns, long depth, int tileRows, int tileColumns, int elementSize, CacheSizes caches)
    {
        var blockDepth = DepthFor(depth, elementSize);
        var depthBytes = (long)Math.Max(blockDepth, 1) * elementSize;
        return new Blocking(
            Balance(rows, caches.L2 / 2 / depthBytes, tileRows),
            Balance(columns, Math.Min(caches.L3 / 2, MaxColumnBytes) / depthBytes, tileColumns),
            blockDepth);
    }

    /// <summary>The depth of a block; of the whole product alone, so that an element's sum is cut at the same places whoever computes it.</summary>
    static int DepthFor(long depth, int elementSize) => Balance(depth, MaxDepthBytes / elementSize, 1);

    /// <summary>The least multiple of <paramref name="unit"/> that covers the extent in as few blocks as <paramref name="limit"/> allows.</summary>
    static int Balance(long extent, long limit, int unit)
    {
        limit = Math.Max(limit / unit * unit, unit);
        var blocks = Math.Max((extent + limit - 1) / limit, 1);
        var even = (extent + blocks - 1) / blocks;
        return (int)((even + unit - 1) / unit * unit);
    }
}
