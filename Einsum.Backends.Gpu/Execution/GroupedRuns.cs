namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Members of a list that are one product each, run as one launch: a table says where each member's operands lie, and all results come back in one copy. Nothing is
/// padded.
/// </summary>
sealed unsafe class GroupedRuns(DeviceSession session, HostArena results) : IDisposable
{
    readonly List<(int Run, KernelPlan Plan)> _members = [];
    readonly GroupedOperands _first = new(session), _second = new(session);
    readonly List<long> _results = [];
    long _resultBytes;

    /// <summary>Bytes gathered so far, and of results.</summary>
    internal long Bytes => _first.Bytes + _second.Bytes + _resultBytes;

    /// <summary>How many bytes a run adds.</summary>
    internal static long BytesOf(LaunchPlan plan, ReadOnlySpan<nint> addresses)
    {
        var bytes = plan.Extents[^1];
        for (var i = 0; i < addresses.Length - 1; i++)
            if (!DeviceAddresses.IsDevice(addresses[i])) bytes += plan.Extents[i];
        return bytes;
    }

    /// <summary>Whether the run can be a member beside those that are here already.</summary>
    internal bool Takes(LaunchPlan plan, ReadOnlySpan<nint> addresses)
    {
        if (!IsMember(plan)) return false;
        var kernel = plan.Program.Steps[0].Plan;
        if (!_first.Takes(addresses[0], plan.Extents[0], kernel.Operands[0].Element.Size()) || !_second.Takes(addresses[1], plan.Extents[1], kernel.Operands[1].Element.Size())) return false;
        return _members.Count == 0 || kernel.Operands.SequenceEqual(_members[0].Plan.Operands) && kernel.Result == _members[0].Plan.Result;
    }

    /// <summary>Whether a program is one product that can be a member; a product by elements would be a tile for each of them.</summary>
    internal static bool IsMember(KernelProgram program) =>
        program.Steps is [var step] && step.Operands is [0, 1] && step.Plan.Kind != KernelKind.NAry && GroupedProblem.Fits(step.Plan);

    static bool IsMember(LaunchPlan plan) => IsMember(plan.Program) && !plan.Extents.Contains(0);

    /// <summary>Gathers the operands of the run of the given number.</summary>
    internal void Add(int run, LaunchPlan plan, ReadOnlySpan<nint> addresses)
    {
        _members.Add((run, plan.Program.Steps[0].Plan));
        _first.Add(addresses[0], plan.Extents[0]);
        _second.Add(addresses[1], plan.Extents[1]);
        _results.Add(_resultBytes);
        _resultBytes += plan.Extents[2];
    }

    /// <summary>Enqueues the launch, and tells where on the host each run's result will be.</summary>
    internal void Launch(Action<int, nint> place)
    {
        if (_members.Count == 0) return;
        var (runtime, rented, plan) = (session.Runtime, new List<DeviceBlock>(), _members[0].Plan);
        try
        {
            var (first, firsts) = _first.Place(plan.Operands[0].Element.Size(), Rent);
            var (second, seconds) = _second.Place(plan.Operands[1].Element.Size(), Rent);
            var members = _members.Select((member, i) => new GroupedMember(member.Plan, firsts[i], seconds[i], _results[i] / plan.Element.Size())).ToArray();
            var (kernel, table) = GroupedEmitter.Emit(members, runtime.Limits, runtime.Dialect, session.Emission);
            var loaded = session.Kernels.Get(kernel);
            var (lines, result) = (Rent(table.Length * sizeof(long)), Rent(_resultBytes));
            fixed (long* start = table.AsSpan()) session.Staging.Write(lines, 0, (nint)start, table.Length * sizeof(long));
            runtime.Launch(loaded, kernel.Launch, [first, second, new(lines, 0, IsRead: true), new(result, 0)], kernel.Arguments.AsSpan());
            var host = results.Take(_resultBytes);
            runtime.Read(result, 0, host, _resultBytes);
            for (var i = 0; i < _members.Count; i++) place(_members[i].Run, host + (nint)_results[i]);
        }
        finally
        {
            foreach (var block in rented) session.Pool.Return(block);
        }
        _members.Clear();
        _first.Clear();
        _second.Clear();
        _results.Clear();
        _resultBytes = 0;

        nint Rent(long bytes)
        {
            var block = session.Pool.Rent(bytes);
            rented.Add(block);
            return block.Memory;
        }
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }
}
