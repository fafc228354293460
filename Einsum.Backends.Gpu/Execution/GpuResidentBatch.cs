namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Many runs whose results stay on the device, without a wait: products of two operands become one launch, of any size where nothing is gathered from the host, everything else is
/// enqueued one behind the other.
/// </summary>
sealed class GpuResidentBatch : ResidentBatch
{
    readonly DeviceSession.Lease _lease;
    readonly GroupedRuns _grouped;

    internal GpuResidentBatch(DeviceSession session)
    {
        _lease = session.Enter();
        _grouped = new GroupedRuns(session);
    }

    internal override bool TryGather(Executable executable, ReadOnlySpan<nint> addresses)
    {
        var run = AutoExecutable.OnDevice(executable);
        if (_grouped.TryAdd(0, run.Plan, addresses)) return true;
        run.Reserve(addresses);
        return false;
    }

    internal override void Launch() => _grouped.Launch();

    internal override void Enqueue(Executable executable, ReadOnlySpan<nint> addresses)
    {
        var run = AutoExecutable.OnDevice(executable);
        if (run.Plan.Result is not null) run.Enqueue(addresses, keepsHostMemory: false, read: null);
    }

    public override void Dispose()
    {
        _grouped.Dispose();
        _lease.Dispose();
    }
}
