namespace EinsumNet.Backends.Gpu;

/// <summary>Many runs enqueued one behind the other, with one wait for all: the device works on the first while the last is still being copied in.</summary>
sealed unsafe class GpuBatch : ExecutionBatch
{
    readonly DeviceSession _session;
    readonly DeviceSession.Lease _lease;
    readonly HostArena _results;
    readonly List<(ResultLayout? Layout, nint Memory, long Bytes)> _runs = [];

    internal GpuBatch(DeviceSession session)
    {
        _session = session;
        _lease = session.Enter();
        _results = new HostArena(session.Runtime);
    }

    internal override void Add(Executable executable, ReadOnlySpan<nint> addresses)
    {
        var run = (GpuExecutable)executable;
        var memory = run.Plan.Result is null ? 0 : _results.Take(run.Plan.Extents[^1]);
        _runs.Add((run.Plan.Result, memory, run.Plan.Extents[^1]));
        if (memory != 0) run.Enqueue(addresses, memory, keepsHostMemory: false);
    }

    internal override void Wait()
    {
        using var mark = _session.Runtime.Record();
        mark.Wait();
    }

    internal override void CopyResult(int index, nint address)
    {
        var (layout, memory, bytes) = _runs[index];
        if (layout is null) return;
        if (layout.IsDense) Buffer.MemoryCopy((void*)memory, (void*)address, bytes, bytes);
        else layout.Copy(memory, address);
    }

    public override void Dispose()
    {
        _session.Runtime.Drain();
        _results.Dispose();
        _lease.Dispose();
    }
}
