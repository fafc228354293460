namespace EinsumNet;

/// <summary>What a cache did so far.</summary>
/// <param name="Hits">Look-ups that found their entry.</param>
/// <param name="Misses">Look-ups that had to make it.</param>
/// <param name="Evictions">Entries dropped because the cache was full.</param>
/// <param name="Count">Entries held now.</param>
public readonly record struct CacheStatistics(long Hits, long Misses, long Evictions, int Count);
