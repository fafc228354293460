namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Many runs with one wait for all: products of two operands become one launch, everything else is enqueued one behind the other, so that the device
/// works on the first while the last is still being copied in.
/// </summary>
sealed unsafe class GpuBatch : ExecutionBatch
{
    /// <summary>Gathered members are launched before they have more bytes, however many are to come; a larger one runs by itself.</summary>
    const long MostGathered = 256 << 20;

    readonly DeviceSession _session;
    readonly DeviceSession.Lease _lease;
    readonly HostArena _results;
    readonly GroupedRuns _grouped;
    readonly long _mostGathered;
    readonly List<(ResultLayout? Layout, nint Memory, long Bytes)> _runs = [];

    internal GpuBatch(DeviceSession session)
    {
        _session = session;
        _lease = session.Enter();
        _results = new HostArena(session.Pinned);
        _grouped = new GroupedRuns(session, _results);
        // The pool's classes are larger than what is asked for by up to a quarter.
        _mostGathered = Math.Min(MostGathered, Math.Min(session.Pool.Budget, session.Runtime.Limits.MaxAllocationBytes) / 4);
    }

    internal override void Add(Executable executable, ReadOnlySpan<nint> addresses)
    {
        var run = (GpuExecutable)executable;
        var bytes = GroupedRuns.BytesOf(run.Plan, addresses);
        if (bytes <= _mostGathered && _grouped.Takes(run.Plan, addresses))
        {
            if (_grouped.Bytes + bytes > _mostGathered) LaunchGrouped();
            _grouped.Add(_runs.Count, run.Plan, addresses);
            _runs.Add((run.Plan.Result, 0, run.Plan.Extents[^1]));
            return;
        }
        var memory = run.Plan.Result is null ? 0 : _results.Take(run.Plan.Extents[^1]);
        _runs.Add((run.Plan.Result, memory, run.Plan.Extents[^1]));
        if (memory != 0) run.Enqueue(addresses, keepsHostMemory: false, (device, length) => _session.Runtime.Read(device, 0, memory, length));
    }

    void LaunchGrouped() => _grouped.Launch((run, memory) => _runs[run] = _runs[run] with { Memory = memory });

    internal override void Wait()
    {
        LaunchGrouped();
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
        _results.Dispose();
        _lease.Dispose();
    }
}
