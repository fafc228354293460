namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Members of a list that are one product each, run as one launch: their operands are gathered in two buffers and copied to the device at once, a table says
/// where each member's lie, and all results come back in one copy. Nothing is padded.
/// </summary>
sealed unsafe class GroupedRuns(DeviceSession session, HostArena results) : IDisposable
{
    readonly List<GroupedMember> _members = [];
    readonly List<int> _runs = [];
    readonly HostGather _first = new(), _second = new();
    long _resultBytes;

    /// <summary>Bytes gathered so far.</summary>
    internal long Bytes => _first.Bytes + _second.Bytes + _resultBytes;

    /// <summary>Whether the run can be a member beside those that are here already.</summary>
    internal bool Takes(LaunchPlan plan, ReadOnlySpan<nint> addresses)
    {
        if (plan.Program.Steps is not [var step] || step.Operands is not [0, 1] || !GroupedProblem.Fits(step.Plan)) return false;
        // A product by elements would be a tile for each of them.
        if (step.Plan.Kind == KernelKind.NAry) return false;
        if (plan.Extents.Contains(0) || DeviceAddresses.IsDevice(addresses[0]) || DeviceAddresses.IsDevice(addresses[1])) return false;
        return _members.Count == 0 || step.Plan.Operands.SequenceEqual(_members[0].Plan.Operands) && step.Plan.Result == _members[0].Plan.Result;
    }

    /// <summary>Gathers the operands of the run of the given number.</summary>
    internal void Add(int run, LaunchPlan plan, ReadOnlySpan<nint> addresses)
    {
        var kernel = plan.Program.Steps[0].Plan;
        var result = _resultBytes;
        _resultBytes += plan.Extents[2];
        _members.Add(new GroupedMember(
            kernel, _first.Add(addresses[0], plan.Extents[0]) / kernel.Operands[0].Element.Size(), _second.Add(addresses[1], plan.Extents[1]) / kernel.Operands[1].Element.Size(),
            result / kernel.Element.Size()));
        _runs.Add(run);
    }

    /// <summary>Enqueues the launch, and tells where on the host each run's result will be.</summary>
    internal void Launch(Action<int, nint> place)
    {
        if (_members.Count == 0) return;
        var (runtime, rented) = (session.Runtime, new List<DeviceBlock>());
        try
        {
            var (kernel, table) = GroupedEmitter.Emit(_members, runtime.Limits, runtime.Dialect, session.Emission);
            var loaded = session.Kernels.Get(kernel);
            var (first, second, lines, result) = (Upload(_first.Memory, _first.Bytes), Upload(_second.Memory, _second.Bytes), Rent(table.Length * sizeof(long), isRead: true), Rent(_resultBytes, isRead: false));
            fixed (long* start = table.AsSpan()) session.Staging.Write(lines.Memory, 0, (nint)start, table.Length * sizeof(long));
            runtime.Launch(loaded, kernel.Launch, [first, second, lines, result], kernel.Arguments.AsSpan());
            var host = results.Take(_resultBytes);
            runtime.Read(result.Memory, 0, host, _resultBytes);
            foreach (var (i, member) in _members.Index()) place(_runs[i], host + (nint)(member.Result * member.Plan.Element.Size()));
        }
        finally
        {
            foreach (var block in rented) session.Pool.Return(block);
        }
        _members.Clear();
        _runs.Clear();
        _first.Clear();
        _second.Clear();
        _resultBytes = 0;

        KernelBuffer Upload(nint memory, long bytes)
        {
            var buffer = Rent(bytes, isRead: true);
            session.Staging.Write(buffer.Memory, 0, memory, bytes);
            return buffer;
        }

        KernelBuffer Rent(long bytes, bool isRead)
        {
            var block = session.Pool.Rent(bytes);
            rented.Add(block);
            return new KernelBuffer(block.Memory, 0, isRead);
        }
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }
}
