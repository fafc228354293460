using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Gpu;

/// <summary>The streams of a runtime: of kernels, of copies to the device, and of copies from it. Each is in order, and they wait for each other only where they share memory.</summary>
enum GpuStream { Kernels, Upload, Download }

/// <summary>
/// Keeps the order in which work was enqueued wherever two pieces of it touch the same memory, although they are in different streams: it counts what was enqueued on each
/// stream, remembers by memory which of it read and which wrote last, and has a stream wait for another only for what it does not come after already.
/// </summary>
sealed class StreamOrder(GpuRuntime runtime)
{
    const int Streams = 3;

    [InlineArray(Streams)]
    struct Counts
    {
        long _first;
    }

    sealed class Uses
    {
        internal Counts Read, Written;
    }

    readonly Lock _lock = new();
    readonly Dictionary<nint, Uses> _uses = [];

    /// <summary>Pieces of work that were enqueued on each stream.</summary>
    Counts _enqueued;

    /// <summary>Per stream, how much of each other stream's work it comes after.</summary>
    readonly Counts[] _passed = new Counts[Streams];

    /// <summary>How much of the kernels' work had been enqueued when memory of others was last touched.</summary>
    long _foreign;

    /// <summary>Memory of this runtime's own. Of other memory nobody knows what overlaps it: whatever touches that is in the stream of kernels.</summary>
    internal void Add(nint memory)
    {
        lock (_lock) _uses[memory] = new Uses();
    }

    internal void Remove(nint memory)
    {
        lock (_lock) _uses.Remove(memory);
    }

    /// <summary>Nothing else is enqueued until the turn is over; <see cref="Turn.Stream"/> is the stream to take.</summary>
    internal Turn Enter(GpuStream wanted, scoped ReadOnlySpan<nint> read, scoped ReadOnlySpan<nint> written)
    {
        var scope = _lock.EnterScope();
        try
        {
            var stream = AllKnown(read) && AllKnown(written) ? wanted : GpuStream.Kernels;
            Counts needed = default;
            foreach (var memory in read) Need(memory, isWritten: false, ref needed);
            foreach (var memory in written) Need(memory, isWritten: true, ref needed);
            for (var other = 0; other < Streams; other++)
                if (other != (int)stream && needed[other] > _passed[(int)stream][other]) Follow(stream, (GpuStream)other);
            _enqueued[(int)stream]++;
            foreach (var memory in read) Mark(memory, isWritten: false, stream);
            foreach (var memory in written) Mark(memory, isWritten: true, stream);
            return new Turn(scope, stream);
        }
        catch
        {
            scope.Dispose();
            throw;
        }
    }

    /// <summary>The stream comes after all that was enqueued on any; nothing else is enqueued until the turn is over.</summary>
    internal Turn EnterAfterAll(GpuStream stream)
    {
        var scope = _lock.EnterScope();
        try
        {
            for (var other = 0; other < Streams; other++)
                if (other != (int)stream && _enqueued[other] > _passed[(int)stream][other]) Follow(stream, (GpuStream)other);
            return new Turn(scope, stream);
        }
        catch
        {
            scope.Dispose();
            throw;
        }
    }

    bool AllKnown(ReadOnlySpan<nint> memories)
    {
        foreach (var memory in memories)
            if (!_uses.ContainsKey(memory)) return false;
        return true;
    }

    void Need(nint memory, bool isWritten, ref Counts needed)
    {
        if (!_uses.TryGetValue(memory, out var uses))
        {
            // What lies there may be any memory that a copy is under way to or from.
            for (var other = 0; other < Streams; other++) needed[other] = _enqueued[other];
            return;
        }
        needed[(int)GpuStream.Kernels] = Math.Max(needed[(int)GpuStream.Kernels], _foreign);
        for (var other = 0; other < Streams; other++)
        {
            needed[other] = Math.Max(needed[other], uses.Written[other]);
            if (isWritten) needed[other] = Math.Max(needed[other], uses.Read[other]);
        }
    }

    void Mark(nint memory, bool isWritten, GpuStream stream)
    {
        if (!_uses.TryGetValue(memory, out var uses)) _foreign = _enqueued[(int)GpuStream.Kernels];
        else if (isWritten) uses.Written[(int)stream] = _enqueued[(int)stream];
        else uses.Read[(int)stream] = _enqueued[(int)stream];
    }

    void Follow(GpuStream later, GpuStream earlier)
    {
        runtime.Follow(later, earlier);
        for (var other = 0; other < Streams; other++)
            _passed[(int)later][other] = Math.Max(_passed[(int)later][other], _passed[(int)earlier][other]);
        _passed[(int)later][(int)earlier] = _enqueued[(int)earlier];
    }

    /// <summary>The stretch of code in which a piece of work is enqueued.</summary>
    internal readonly ref struct Turn(Lock.Scope scope, GpuStream stream)
    {
        readonly Lock.Scope _scope = scope;

        internal GpuStream Stream => stream;

        public void Dispose() => _scope.Dispose();
    }
}
