namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Host memory that the device reaches without a detour, in chunks: what is written goes through it, so that the caller's memory is free when the call
/// returns although the copy is still under way.
/// </summary>
sealed unsafe class StagingPool(GpuRuntime runtime)
{
    const long Chunk = 4 << 20;
    const int Chunks = 8;

    sealed class Slot
    {
        internal readonly Lock Lock = new();
        internal nint Memory;
        internal GpuEvent? Busy;
    }

    readonly Slot[] _slots = [.. Enumerable.Range(0, Chunks).Select(_ => new Slot())];
    int _next;

    /// <summary>Copies from the host to the device; the host's memory may change once this returns.</summary>
    internal void Write(nint memory, long offset, nint host, long bytes)
    {
        for (var done = 0L; done < bytes; done += Chunk)
        {
            var length = Math.Min(Chunk, bytes - done);
            var slot = _slots[(uint)Interlocked.Increment(ref _next) % Chunks];
            lock (slot.Lock)
            {
                Await(slot);
                if (slot.Memory == 0) slot.Memory = runtime.AllocateHost(Chunk);
                Buffer.MemoryCopy((void*)(host + (nint)done), (void*)slot.Memory, Chunk, length);
                runtime.Write(memory, offset + done, slot.Memory, length);
                try
                {
                    slot.Busy = runtime.Record();
                }
                catch
                {
                    // Without a mark nobody would wait for this copy before the next overwrites what it reads.
                    runtime.Drain();
                    throw;
                }
            }
        }
    }

    internal void Close()
    {
        foreach (var slot in _slots)
        {
            lock (slot.Lock)
            {
                slot.Busy?.Dispose();
                slot.Busy = null;
                if (slot.Memory != 0) runtime.FreeHost(slot.Memory);
                slot.Memory = 0;
            }
        }
    }

    static void Await(Slot slot)
    {
        if (slot.Busy is null) return;
        using var busy = slot.Busy;
        slot.Busy = null;
        busy.Wait();
    }
}
