namespace EinsumNet.Backends.Cpu;

/// <summary>The share of the last cache that a kernel counts on: what is more is read from memory, and had better be written past the caches.</summary>
sealed class LastCache(CacheSizes caches, double share)
{
    /// <summary>The share that is left beside what else is in use.</summary>
    internal const double Usual = 0.75;

    internal LastCache(long bytes) : this(new CacheSizes(0, 0, bytes), 1) { }

    /// <summary>Whether so many bytes stay in it.</summary>
    internal bool Holds(double bytes) => caches.Holds(bytes, share);

    /// <summary>Its size in bytes, which <see cref="Holds"/> may know enough of to answer without.</summary>
    internal double Bytes => caches.L3 * share;
}
