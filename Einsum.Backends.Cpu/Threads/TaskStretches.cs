namespace EinsumNet.Backends.Cpu;

/// <summary>
/// A job's tasks dealt out to threads: each takes those of a stretch of its own in order, so that a thread meets the same data in one job after the other and
/// finds it in its own cache; then it takes the last ones of the longest stretch left.
/// </summary>
sealed class TaskStretches
{
    /// <summary>Stretches lie two cache lines apart: processors fetch lines in pairs.</summary>
    const int Distance = 128 / sizeof(long);

    // Low half: the next task. High half: the end. Both in one word, so that they change together.
    long[] _stretches = [];
    int _threads;

    /// <summary>Deals out so many tasks to so many threads; no thread takes any meanwhile. Allocates where there were never as many.</summary>
    internal void Deal(int tasks, int threads)
    {
        if (_stretches.Length < (threads + 1) * Distance) _stretches = new long[(threads + 1) * Distance];
        _threads = threads;
        for (var thread = 0; thread < threads; thread++)
            Volatile.Write(ref Of(thread), Cut(thread) | Cut(thread + 1) << 32);

        long Cut(int thread) => (long)tasks * thread / threads;
    }

    /// <summary>A task for the thread, each one once; -1 where none is left. Threads that were dealt none share the first one's.</summary>
    internal int Take(int thread)
    {
        ref var own = ref Of(thread < _threads ? thread : 0);
        while (true)
        {
            var seen = Volatile.Read(ref own);
            if (Left(seen) <= 0) return TakeFromOthers();
            if (Interlocked.CompareExchange(ref own, seen + 1, seen) == seen) return (int)seen;
        }
    }

    /// <summary>Takes all tasks that are left.</summary>
    internal void Clear()
    {
        for (var thread = 0; thread < _threads; thread++) Interlocked.Exchange(ref Of(thread), 0);
    }

    int TakeFromOthers()
    {
        while (true)
        {
            var (longest, most) = (0, 0);
            for (var thread = 0; thread < _threads; thread++)
            {
                var left = Left(Volatile.Read(ref Of(thread)));
                if (left > most) (longest, most) = (thread, left);
            }

            if (most == 0) return -1;
            ref var other = ref Of(longest);
            var seen = Volatile.Read(ref other);
            if (Left(seen) > 0 && Interlocked.CompareExchange(ref other, seen - (1L << 32), seen) == seen) return (int)(seen >> 32) - 1;
        }
    }

    static int Left(long stretch) => (int)(stretch >> 32) - (int)stretch;

    ref long Of(int thread) => ref _stretches[(thread + 1) * Distance];
}
