namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Host memory that the device reaches without a detour, in chunks: what is written goes through it, so that the caller's memory is free when the call
/// returns although the copy is still under way; what is read too, as a driver that is to copy to memory that it has not pinned keeps the thread waiting.
/// </summary>
sealed unsafe class StagingPool(GpuRuntime runtime, PinnedPool pinned)
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
                var stream = runtime.Write(memory, offset + done, slot.Memory, length);
                try
                {
                    slot.Busy = runtime.Record(stream);
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

    /// <summary>Copies from the device to the host, and waits for it.</summary>
    internal void Read(nint memory, long offset, nint host, long bytes)
    {
        if (runtime.Limits.IsProcessor)
        {
            using var mark = runtime.Record(runtime.Read(memory, offset, host, bytes));
            mark.Wait();
            return;
        }
        // While one half of the staging memory is emptied the other half is filled.
        var half = Math.Min(Chunk, bytes);
        var size = bytes > half ? 2 * half : half;
        var staging = pinned.Rent(size);
        GpuEvent? last = null;
        try
        {
            var lastDone = 0L;
            for (var done = 0L; done < bytes; done += half)
            {
                var stream = runtime.Read(memory, offset + done, At(done), Math.Min(half, bytes - done));
                var mark = runtime.Record(stream);
                if (last is not null) Take(lastDone);
                (last, lastDone) = (mark, done);
            }
            Take(lastDone);
            last = null;
        }
        catch
        {
            runtime.Drain();
            last?.Dispose();
            throw;
        }
        finally
        {
            pinned.Return(staging, size);
        }

        nint At(long done) => staging + (nint)(done / half % 2 * half);

        void Take(long done)
        {
            using (last) last!.Wait();
            Buffer.MemoryCopy((void*)At(done), (void*)(host + (nint)done), bytes - done, Math.Min(half, bytes - done));
        }
    }

    /// <summary>
    /// Enqueues a copy from the device to the host; what is given back is to be done once the mark has passed, or failed, which it is told, or nothing where nothing is left to do.
    /// </summary>
    internal (GpuEvent Mark, Action<bool>? Finish) ReadLater(nint memory, long offset, nint host, long bytes)
    {
        if (runtime.Limits.IsProcessor) return (runtime.Record(runtime.Read(memory, offset, host, bytes)), null);
        var staging = pinned.Rent(bytes);
        try
        {
            return (runtime.Record(runtime.Read(memory, offset, staging, bytes)), Finish);
        }
        catch
        {
            runtime.Drain();
            pinned.Return(staging, bytes);
            throw;
        }

        void Finish(bool hasPassed)
        {
            if (hasPassed) Buffer.MemoryCopy((void*)staging, (void*)host, bytes, bytes);
            pinned.Return(staging, bytes);
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
