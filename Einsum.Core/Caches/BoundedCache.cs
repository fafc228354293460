using System.Collections.Concurrent;

namespace EinsumNet;

/// <summary>
/// A thread-safe map of bounded size. Look-ups take no lock; where an insertion finds it full, entries that were not used since the last
/// sweep are dropped (second chance, as in the CLOCK page replacement of Corbató 1968).
/// </summary>
sealed class BoundedCache<TKey, TValue>(int capacity, IEqualityComparer<TKey>? comparer = null) where TKey : notnull where TValue : class
{
    internal sealed class Entry(TValue value)
    {
        internal readonly TValue Value = value;
        internal bool Used = true;
    }

    readonly ConcurrentDictionary<TKey, Entry> _entries = new(comparer ?? EqualityComparer<TKey>.Default);
    readonly Lock _sweep = new();
    long _hits, _misses, _evictions;

    internal CacheStatistics Statistics => new(Volatile.Read(ref _hits), Volatile.Read(ref _misses), Volatile.Read(ref _evictions), _entries.Count);

    /// <summary>The entry under the key, made by <paramref name="make"/> where there is none; of two threads that race, one value wins.</summary>
    internal TValue GetOrAdd<TState>(TKey key, TState state, Func<TKey, TState, TValue> make)
    {
        if (_entries.TryGetValue(key, out var found)) return Hit(found);
        Interlocked.Increment(ref _misses);
        var made = _entries.GetOrAdd(key, new Entry(make(key, state)));
        if (_entries.Count > capacity) Sweep();
        return made.Value;
    }

    /// <summary>A view by which a key that is not yet an object can be looked up.</summary>
    internal ConcurrentDictionary<TKey, Entry>.AlternateLookup<TAlternate> By<TAlternate>() where TAlternate : notnull, allows ref struct =>
        _entries.GetAlternateLookup<TAlternate>();

    /// <summary>Counts a look-up that found <paramref name="entry"/> and gives its value.</summary>
    internal TValue Hit(Entry entry)
    {
        // Counted without a lock: under contention a hit may go uncounted, which costs nothing but the count.
        _hits++;
        if (!entry.Used) entry.Used = true;
        return entry.Value;
    }

    void Sweep()
    {
        lock (_sweep)
        {
            // The second pass finds every mark cleared, so it always frees enough.
            for (var pass = 0; pass < 2; pass++)
            {
                foreach (var (key, entry) in _entries)
                {
                    if (_entries.Count <= capacity * 3 / 4) return;
                    if (entry.Used && pass == 0) entry.Used = false;
                    else if (_entries.TryRemove(key, out _)) _evictions++;
                }
            }
        }
    }
}
