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

    internal static ReductionShape Of(int sums, int lanes, double count, long depth, DeviceLimits limits)
    {
        var groups = Math.Ceiling(count / sums);
        var wanted = Math.Ceiling(Math.Max(limits.ComputeUnits, 1) * GroupsPerUnit / groups);
        var splits = (long)Math.Clamp(wanted, 1, Math.Clamp(depth / (lanes * LeastTerms), 1, MostSplits));
        var chunk = (depth + splits - 1) / splits;
        return new ReductionShape(sums, lanes, (depth + chunk - 1) / chunk, chunk);
    }
}
