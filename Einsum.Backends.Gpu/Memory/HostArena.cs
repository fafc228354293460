namespace EinsumNet.Backends.Gpu;

/// <summary>Host memory that the device copies to without a detour, taken piece by piece and given back all at once.</summary>
sealed class HostArena(PinnedPool pool) : IDisposable
{
    const long Chunk = 1 << 20;
    const long Alignment = 64;

    readonly List<(nint Memory, long Bytes)> _chunks = [];
    nint _next;
    long _left;

    internal nint Take(long bytes)
    {
        var size = (bytes + Alignment - 1) / Alignment * Alignment;
        if (size > _left)
        {
            _left = Math.Max(Chunk, size);
            _next = pool.Rent(_left);
            _chunks.Add((_next, _left));
        }
        var taken = _next;
        _next += (nint)size;
        _left -= size;
        return taken;
    }

    public void Dispose()
    {
        foreach (var (memory, size) in _chunks) pool.Return(memory, size);
        _chunks.Clear();
        _left = 0;
    }
}
