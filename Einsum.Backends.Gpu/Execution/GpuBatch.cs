namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Many runs with one wait for all: products of two operands become one launch, everything else is enqueued one behind the other, so that the device
/// works on the first while the last is still being copied in.
/// </summary>
sealed unsafe class GpuBatch : ExecutionBatch
{
    readonly DeviceSession _session;
    readonly DeviceSession.Lease _lease;
    readonly HostArena _results;
    readonly HostUploads _uploads;
    readonly GroupedRuns _grouped;
    readonly List<(ResultLayout? Layout, nint Memory, long Bytes)> _runs = [];

    internal GpuBatch(DeviceSession session)
    {
        _session = session;
        _lease = session.Enter();
        _results = new HostArena(session.Pinned);
        _uploads = new HostUploads(session);
        _grouped = new GroupedRuns(session, _results, (run, memory) => _runs[run] = _runs[run] with { Memory = memory });
    }

    internal override nint Upload(nint address, long bytes) => _uploads.Upload(address, bytes);

    internal override void Add(Executable executable, ReadOnlySpan<nint> addresses)
    {
        var run = AutoExecutable.OnDevice(executable);
        if (_grouped.TryAdd(_runs.Count, run.Plan, addresses))
        {
            _runs.Add((run.Plan.Result, 0, run.Plan.Extents[^1]));
            return;
        }
        var memory = run.Plan.Result is null ? 0 : _results.Take(run.Plan.Extents[^1]);
        _runs.Add((run.Plan.Result, memory, run.Plan.Extents[^1]));
        if (memory != 0) run.Enqueue(addresses, keepsHostMemory: false, (device, length) => _session.Runtime.Read(device, 0, memory, length));
    }

    internal override void Wait()
    {
        _grouped.Launch();
        // Everything ends with the results on their way back.
        using var mark = _session.Runtime.Record(GpuStream.Download);
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
        _grouped.Dispose();
        _uploads.Dispose();
        _results.Dispose();
        _lease.Dispose();
    }
}
