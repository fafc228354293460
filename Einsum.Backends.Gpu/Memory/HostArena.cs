namespace EinsumNet.Backends.Gpu;

/// <summary>Host memory that the device copies to without a detour, taken piece by piece and freed all at once.</summary>
sealed class HostArena(GpuRuntime runtime) : IDisposable
{
    const long Chunk = 1 << 20;
    const long Alignment = 64;

    readonly List<nint> _chunks = [];
    nint _next;
    long _left;

    internal nint Take(long bytes)
    {
        var size = (bytes + Alignment - 1) / Alignment * Alignment;
        if (size > _left)
        {
            _left = Math.Max(Chunk, size);
            _next = runtime.AllocateHost(_left);
            _chunks.Add(_next);
        }
        var taken = _next;
        _next += (nint)size;
        _left -= size;
        return taken;
    }

    public void Dispose()
    {
        foreach (var chunk in _chunks) runtime.FreeHost(chunk);
        _chunks.Clear();
        _left = 0;
    }
}
