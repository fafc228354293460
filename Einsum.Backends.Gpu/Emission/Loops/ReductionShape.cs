using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>How a group of threads is laid over sums: so many sums at once, so many lanes on each, and over how many groups one sum is split.</summary>
/// <param name="Sums">Sums per group.</param>
/// <param name="Lanes">Threads per sum; a power of two.</param>
/// <param name="Splits">Groups per sum.</param>
/// <param name="Chunk">Iterations of the sum per group.</param>
readonly record struct ReductionShape(int Sums, int Lanes, long Splits, long Chunk)
{
    /// <summary>What a thread should have at least to add up before it is worth more groups.</summary>
    const int LeastTerms = 16;

    const int GroupsPerUnit = 8;

    const int MostSplits = 1024;

    internal int Threads => Sums * Lanes;

    /// <summary>As a tile: the sums, and the iterations that their lanes do at once.</summary>
    internal static TileShape Tile(int sums, int lanes) => new(sums, 1, lanes, 1, 1);

    internal static ReductionShape Of(TileShape tile, int splits, long depth)
    {
        var chunk = (depth + splits - 1) / splits;
        return new ReductionShape(tile.Rows, tile.Depth, (depth + chunk - 1) / chunk, chunk);
    }

    /// <summary>Over how many groups each of <paramref name="count"/> sums may be split: what fills the device, then fewer and more.</summary>
    internal static ImmutableArray<int> AllSplits(TileShape tile, double count, long depth, DeviceLimits limits)
    {
        var groups = Math.Ceiling(count / tile.Rows);
        var wanted = Math.Ceiling(Math.Max(limits.ComputeUnits, 1) * GroupsPerUnit / groups);
        var most = (int)Math.Clamp(depth / (tile.Depth * LeastTerms), 1, MostSplits);
        var model = (int)Math.Clamp(wanted, 1, most);
        return [.. new[] { model, 1, model / 4, model / 2, model * 2, model * 4 }.Select(splits => Math.Clamp(splits, 1, most)).Distinct()];
    }
}
