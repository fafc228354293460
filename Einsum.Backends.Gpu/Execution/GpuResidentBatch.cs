namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Many runs whose results stay on the device, without a wait: products of two operands become one launch, of any size where nothing is gathered from the host, or without addresses one
/// for each buffer of results; everything else is enqueued one behind the other.
/// </summary>
sealed class GpuResidentBatch : ResidentBatch
{
    readonly DeviceSession.Lease _lease;
    readonly DeviceSession _session;
    readonly HostUploads _uploads;
    readonly List<GroupedRuns> _groups;

    internal GpuResidentBatch(DeviceSession session)
    {
        _lease = session.Enter();
        _session = session;
        _uploads = new HostUploads(session);
        _groups = [new GroupedRuns(session)];
    }

    internal override nint Upload(nint address, long bytes) => _uploads.Upload(address, bytes);

    internal override bool TryGather(Executable executable, ReadOnlySpan<nint> addresses)
    {
        var run = AutoExecutable.OnDevice(executable);
        if (_groups[^1].TryAdd(0, run.Plan, addresses)) return true;
        if (_groups[^1].EndsBefore(run.Plan, addresses))
        {
            _groups.Add(new GroupedRuns(_session));
            if (_groups[^1].TryAdd(0, run.Plan, addresses)) return true;
        }
        run.Reserve(addresses);
        return false;
    }

    internal override void Launch()
    {
        foreach (var group in _groups) group.Reserve();
        foreach (var group in _groups) group.Launch();
    }

    internal override void Enqueue(Executable executable, ReadOnlySpan<nint> addresses)
    {
        var run = AutoExecutable.OnDevice(executable);
        if (run.Plan.Result is not null) run.Enqueue(addresses, keepsHostMemory: false, read: null);
    }

    public override void Dispose()
    {
        foreach (var group in _groups) group.Dispose();
        _uploads.Dispose();
        _lease.Dispose();
    }
}
