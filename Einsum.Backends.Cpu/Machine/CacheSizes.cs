namespace EinsumNet.Backends.Cpu;

/// <summary>Bytes of the data caches that one core sees.</summary>
sealed class CacheSizes
{
    /// <summary>What the last cache of a machine that does not tell is taken to have at least; nothing smaller asks for it to be measured.</summary>
    internal const long LeastL3 = 4 << 20;

    const long DefaultL1 = 32 << 10, DefaultL2 = 1 << 20;

    /// <summary>Virtual machines tell the last cache of a socket whose other cores are somebody else's: what is more than this for each processor is measured (Emerald Rapids: 260 MB told to two, 48 measured).</summary>
    const long MostL3PerProcessor = 16 << 20;

    readonly Lazy<long> _l3;

    internal CacheSizes(long l1, long l2, long l3) : this(l1, l2, new Lazy<long>(l3)) { }

    internal CacheSizes(long l1, long l2, Lazy<long> l3) => (L1, L2, _l3) = (l1, l2, l3);

    /// <summary>This machine's, as the system or the processor tells; what most machines have at least where neither does, but for the last one, which is then measured.</summary>
    internal static CacheSizes Machine { get; } = Of(CacheReport.OfSystem("/sys/devices/system/cpu/cpu0/cache"), CacheReport.OfProcessor(), Environment.ProcessorCount, LastCacheStore.Measured);

    internal long L1 { get; }

    internal long L2 { get; }

    /// <summary>The last cache, or this core's part of it where it was measured. The first time, this may take the time of measuring it.</summary>
    internal long L3 => _l3.Value;

    /// <summary>Whether so many bytes fit a share of the last cache.</summary>
    internal bool Holds(double bytes, double share = 1) => (!_l3.IsValueCreated && bytes <= LeastL3 * share) || bytes <= L3 * share;

    /// <summary>The first of two reports that tells a size, the default where neither does; the last cache is measured where it is told to be more than <paramref name="processors"/> can have.</summary>
    internal static CacheSizes Of(CacheReport first, CacheReport second, int processors, Func<long> measure)
    {
        var l2 = Told(first.L2, second.L2) ?? DefaultL2;
        var l3 = Told(first.L3, second.L3) is { } told && told <= processors * MostL3PerProcessor
            ? new(Math.Max(told, l2))
            : new Lazy<long>(() => Math.Max(Measured(measure), Math.Max(l2, LeastL3)));
        return new(Told(first.L1, second.L1) ?? DefaultL1, l2, l3);

        // Where there is no memory to measure with, results had better fit what there is.
        static long Measured(Func<long> measure)
        {
            try
            {
                return measure();
            }
            catch (OutOfMemoryException)
            {
                return LeastL3;
            }
        }

        static long? Told(long first, long second) => first > 0 ? first : second > 0 ? second : null;
    }
}
