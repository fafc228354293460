namespace EinsumNet.Tests.Gpu;

/// <content>
/// Streams. Work is done as it is enqueued, or, where <see cref="IsLate"/> says so, not before somebody waits for it: then what a stream was not told to wait for has not
/// happened, and a missing wait shows.
/// </content>
sealed unsafe partial class FakeCuda
{
    sealed class Work
    {
        internal readonly Queue<(long Number, Action Do)> Waiting = [];
        internal long Enqueued;
    }

    readonly Dictionary<nint, Work> _streams = [];
    readonly Dictionary<nint, (nint Stream, long Number)> _recorded = [];

    /// <summary>Whether work is done as late as the order that was asked for allows.</summary>
    internal bool IsLate { get; init; }

    /// <summary>How much is enqueued on all streams and not done.</summary>
    internal int Waiting
    {
        get
        {
            lock (_lock) return _streams.Values.Sum(stream => stream.Waiting.Count);
        }
    }

    int Enqueue(nint stream, Action work)
    {
        if (!IsLate)
        {
            work();
            return 0;
        }
        if (!_streams.TryGetValue(stream, out var queue)) _streams[stream] = queue = new Work();
        queue.Waiting.Enqueue((++queue.Enqueued, work));
        return 0;
    }

    int Record(nint mark, nint stream)
    {
        _recorded[mark] = (stream, _streams.TryGetValue(stream, out var queue) ? queue.Enqueued : 0);
        return 0;
    }

    /// <summary>The stream does nothing that is enqueued from now on before what the event stands for now.</summary>
    int WaitFor(nint stream, nint mark)
    {
        if (!_recorded.TryGetValue(mark, out var recorded)) return InvalidValue;
        return Enqueue(stream, () => Run(recorded.Stream, recorded.Number));
    }

    int Reach(nint mark)
    {
        if (!_recorded.TryGetValue(mark, out var recorded)) return InvalidValue;
        Run(recorded.Stream, recorded.Number);
        return 0;
    }

    int Finish(nint stream)
    {
        Run(stream, long.MaxValue);
        return 0;
    }

    void FinishAll()
    {
        foreach (var stream in _streams.Keys) Run(stream, long.MaxValue);
    }

    void Run(nint stream, long number)
    {
        if (!_streams.TryGetValue(stream, out var queue)) return;
        while (queue.Waiting.TryPeek(out var next) && next.Number <= number)
        {
            queue.Waiting.Dequeue();
            next.Do();
        }
    }
}
