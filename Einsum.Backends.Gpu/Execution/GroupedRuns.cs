namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Members of a list that are one product each, run as one launch: a table says where each member's operands and result lie. Results for the host come back in one copy, those on the
/// device stay where they are. Nothing is padded.
/// </summary>
/// <param name="session">The device.</param>
/// <param name="results">What results for the host are copied to; null where they are on the device.</param>
/// <param name="place">Is told of each run where on the host its result will be.</param>
sealed unsafe class GroupedRuns(DeviceSession session, HostArena? results = null, Action<int, nint>? place = null) : IDisposable
{
    /// <summary>Members are launched before what is gathered of them, and their results for the host, have more bytes, however many are to come; a larger one runs by itself.</summary>
    const long MostGathered = 256 << 20;

    readonly List<(int Run, KernelPlan Plan)> _members = [];
    readonly GroupedTensors _first = new(session), _second = new(session), _there = new(session);
    readonly List<long> _results = [];
    readonly List<DeviceBlock> _rented = [];
    (nint First, nint Second, nint Lines, nint Results)? _room;
    long _resultBytes;

    // The pool's classes are larger than what is asked for by up to a quarter.
    readonly long _most = Math.Min(MostGathered, Math.Min(session.Pool.Budget, session.Runtime.Limits.MaxAllocationBytes) / 4);

    /// <summary>Gathers the run of the given number; false where it cannot be a member, and is to be enqueued by itself.</summary>
    internal bool TryAdd(int run, LaunchPlan plan, ReadOnlySpan<nint> addresses)
    {
        var bytes = BytesOf(plan, addresses);
        if (bytes > _most || !Takes(plan, addresses)) return false;
        if (_first.Bytes + _second.Bytes + _resultBytes + bytes > _most) Launch();
        _members.Add((run, plan.Program.Steps[0].Plan));
        _first.Add(addresses[0], plan.Extents[0]);
        _second.Add(addresses[1], plan.Extents[1]);
        if (results is null)
        {
            _there.Add(addresses[2], plan.Extents[2]);
            return true;
        }
        _results.Add(_resultBytes);
        _resultBytes += plan.Extents[2];
        return true;
    }

    /// <summary>How many bytes of the host a run adds.</summary>
    long BytesOf(LaunchPlan plan, ReadOnlySpan<nint> addresses)
    {
        var bytes = results is null ? 0 : plan.Extents[^1];
        for (var i = 0; i < addresses.Length - 1; i++)
            if (!DeviceAddresses.IsDevice(addresses[i])) bytes += plan.Extents[i];
        return bytes;
    }

    /// <summary>Whether the run can be a member beside those that are here already.</summary>
    bool Takes(LaunchPlan plan, ReadOnlySpan<nint> addresses)
    {
        if (!IsMember(plan)) return false;
        var kernel = plan.Program.Steps[0].Plan;
        if (!_first.Takes(addresses[0], plan.Extents[0], kernel.Operands[0].Element.Size()) || !_second.Takes(addresses[1], plan.Extents[1], kernel.Operands[1].Element.Size())) return false;
        if (results is null && !_there.Takes(addresses[2], plan.Extents[2], kernel.Element.Size())) return false;
        return _members.Count == 0 || kernel.Operands.SequenceEqual(_members[0].Plan.Operands) && kernel.Result == _members[0].Plan.Result;
    }

    /// <summary>Whether the run could be a member, but its result lies in another buffer than those of several that are here: more of them are likely to.</summary>
    internal bool EndsBefore(LaunchPlan plan, ReadOnlySpan<nint> addresses) =>
        results is null && !session.Runtime.HasAddresses && _members.Count > 1 && IsMember(plan) && !_there.Takes(addresses[2], plan.Extents[2], plan.Program.Steps[0].Plan.Element.Size());

    /// <summary>Whether a program is one product that can be a member; a product by elements would be a tile for each of them.</summary>
    internal static bool IsMember(KernelProgram program) =>
        program.Steps is [var step] && step.Operands is [0, 1] && step.Plan.Kind != KernelKind.NAry && GroupedProblem.Fits(step.Plan);

    internal static bool IsMember(LaunchPlan plan) => IsMember(plan.Program) && !plan.Extents.Contains(0);

    /// <summary>Rents the memory of the launch.</summary>
    internal void Reserve()
    {
        if (_members.Count == 0) return;
        _room ??= (Rent(_first.Bytes), Rent(_second.Bytes), Rent(GroupedEmitter.TableBytes(_members.Count)), Rent(_resultBytes));

        nint Rent(long bytes)
        {
            if (bytes == 0) return 0;
            var block = session.Pool.Rent(bytes);
            _rented.Add(block);
            return block.Memory;
        }
    }

    /// <summary>Enqueues the launch of what is gathered; where there is no room for it, nothing is enqueued.</summary>
    internal void Launch()
    {
        if (_members.Count == 0) return;
        var (runtime, plan) = (session.Runtime, _members[0].Plan);
        try
        {
            // All memory comes before all work.
            Reserve();
            var (gatheredFirst, gatheredSecond, lines, result) = _room!.Value;
            var (first, firsts) = _first.Place(plan.Operands[0].Element.Size(), gatheredFirst);
            var (second, seconds) = _second.Place(plan.Operands[1].Element.Size(), gatheredSecond);
            var (to, places) = results is null ? _there.Place(plan.Element.Size(), 0, isRead: false) : (new(result, 0), [.. _results.Select(bytes => bytes / plan.Element.Size())]);
            var members = _members.Select((member, i) => new GroupedMember(member.Plan, firsts[i], seconds[i], places[i])).ToArray();
            var measured = session.ListTiles.Find(GroupedEmitter.Key([.. _members.Select(member => member.Plan)]));
            var (kernel, table) = GroupedEmitter.Emit(members, runtime.Limits, runtime.Dialect, session.Emission with { Tile = measured?.Tile });
            var loaded = session.Kernels.Get(kernel);
            _first.Write(gatheredFirst);
            _second.Write(gatheredSecond);
            fixed (long* start = table.AsSpan()) session.Staging.Write(lines, 0, (nint)start, table.Length * sizeof(long));
            runtime.Launch(loaded, kernel.Launch, [first, second, new(lines, 0, IsRead: true), to], kernel.Arguments.AsSpan());
            if (results is not null) ReadResults(results, result);
        }
        finally
        {
            GiveBack();
        }
        _members.Clear();
        _first.Clear();
        _second.Clear();
        _there.Clear();
        _results.Clear();
        _resultBytes = 0;
    }

    void GiveBack()
    {
        foreach (var block in _rented) session.Pool.Return(block);
        _rented.Clear();
        _room = null;
    }

    void ReadResults(HostArena arena, nint result)
    {
        var host = arena.Take(_resultBytes);
        session.Runtime.Read(result, 0, host, _resultBytes);
        for (var i = 0; i < _members.Count; i++) place?.Invoke(_members[i].Run, host + (nint)_results[i]);
    }

    public void Dispose()
    {
        GiveBack();
        _first.Dispose();
        _second.Dispose();
        _there.Dispose();
    }
}
