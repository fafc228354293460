using System.Numerics.Tensors;

namespace EinsumNet;

/// <summary>The groups of a ragged product as tasks: calls on slices of the same operands and the same result.</summary>
sealed unsafe class GroupJob<T>(int operands, int capacity) where T : unmanaged
{
    readonly List<Call> _calls = new(capacity);
    readonly List<long> _offsets = new(capacity * (operands + 1));

    /// <summary>Per operand what the groups read of it: from where to where, and how much they read together, in bytes.</summary>
    readonly (long Start, long End, long Read)[] _stretches = new (long, long, long)[operands];
    MemberSchedule? _schedule;
    nint[] _bases = [];
    CancellationToken _cancellation;

    /// <summary>Adds the slice of the next operand, and last of the result, of the group whose call follows.</summary>
    /// <param name="offset">How many elements lie before it.</param>
    /// <param name="extent">How many lie from its first to its last.</param>
    internal void AddSlice(long offset, long extent)
    {
        var operand = _offsets.Count % (_stretches.Length + 1);
        _offsets.Add(offset * sizeof(T));
        if (operand == _stretches.Length || extent == 0) return;
        ref var stretch = ref _stretches[operand];
        var (start, end) = (offset * sizeof(T), (offset + extent) * sizeof(T));
        stretch = stretch.Read == 0 ? (start, end, end - start) : (Math.Min(stretch.Start, start), Math.Max(stretch.End, end), stretch.Read + end - start);
    }

    internal void Add(Call call) => _calls.Add(call);

    internal void Run(EinsumOptions options, ReadOnlySpan<Operand<T>> operands, Tensor<T> result)
    {
        var work = new double[_calls.Count];
        for (var i = 0; i < work.Length; i++) work[i] = _calls[i].Work;
        _schedule = new MemberSchedule(work, options.MaxThreads);
        _cancellation = options.Cancellation;
        _bases = new nint[operands.Length + 1];
        fixed (T* pinned = &result.GetPinnableReference())
        {
            _bases[^1] = (nint)pinned;
            Pin(operands, 0, () => Run(options));
        }
        Operand<T>.KeepAlive(operands);
    }

    /// <summary>Runs into a tensor in the backend's memory, and waits for nothing.</summary>
    internal void Run(EinsumOptions options, ReadOnlySpan<Operand<T>> operands, ResidentTensor<T> result)
    {
        _cancellation = options.Cancellation;
        _bases = new nint[operands.Length + 1];
        _bases[^1] = result.Address;
        Pin(operands, 0, () => Enqueue(options.Backend));
        Operand<T>.KeepAlive(operands);
        GC.KeepAlive(result);
    }

    void Pin(ReadOnlySpan<Operand<T>> operands, int next, Action run)
    {
        if (next == operands.Length)
        {
            run();
            return;
        }
        fixed (T* pinned = &operands[next].Start)
        {
            _bases[next] = (nint)pinned;
            Pin(operands, next + 1, run);
        }
    }

    void Run(EinsumOptions options)
    {
        using var batch = options.Backend.HasBatches ? options.Backend.NewBatch(_calls.Select(call => call.Executable), Array.ConvertAll(_stretches, stretch => IsCopiedAsOne(stretch) ? stretch.End - stretch.Start : 0)) : null;
        if (batch is not null)
        {
            Upload(batch.Upload);
            RunQueued(batch);
            return;
        }
        for (var position = 0; position < _schedule!.Shared; position++) RunGroup(_schedule[position]);
        var job = new Job(this);
        options.Backend.Share(ref job, _schedule.Tasks, options.MaxThreads);
    }

    void RunGroup(int group)
    {
        _cancellation.ThrowIfCancellationRequested();
        Span<nint> addresses = stackalloc nint[_bases.Length];
        ReadAddresses(group, addresses);
        _calls[group].Run(addresses);
    }

    void RunQueued(ExecutionBatch batch)
    {
        Span<nint> addresses = stackalloc nint[_bases.Length];
        for (var group = 0; group < _calls.Count; group++)
        {
            _cancellation.ThrowIfCancellationRequested();
            ReadAddresses(group, addresses);
            _calls[group].AddTo(batch, addresses);
        }
        batch.Wait();
        for (var group = 0; group < _calls.Count; group++)
        {
            ReadAddresses(group, addresses);
            batch.CopyResult(group, addresses[^1]);
        }
    }

    void Enqueue(EinsumBackend backend)
    {
        using var batch = backend.NewResidentBatch();
        Upload(batch.Upload);
        var (addresses, rest) = (new nint[_bases.Length], new List<int>());
        for (var group = 0; group < _calls.Count; group++)
        {
            _cancellation.ThrowIfCancellationRequested();
            ReadAddresses(group, addresses);
            if (!_calls[group].TryGather(batch, addresses)) rest.Add(group);
        }
        batch.Launch();
        foreach (var group in rest)
        {
            ReadAddresses(group, addresses);
            _calls[group].Enqueue(batch, addresses);
        }
    }

    /// <summary>Has operands that would be copied to a device in parts that overlap, as slices of columns do, be copied as one.</summary>
    void Upload(Func<nint, long, nint> upload)
    {
        foreach (var (operand, stretch) in _stretches.Index())
            if (IsCopiedAsOne(stretch)) _bases[operand] = upload(_bases[operand] + (nint)stretch.Start, stretch.End - stretch.Start) - (nint)stretch.Start;
    }

    static bool IsCopiedAsOne((long Start, long End, long Read) stretch) => stretch.Read > stretch.End - stretch.Start;

    void ReadAddresses(int group, Span<nint> addresses)
    {
        for (var i = 0; i < addresses.Length; i++) addresses[i] = _bases[i] + (nint)_offsets[group * addresses.Length + i];
    }

    readonly struct Job(GroupJob<T> groups) : IJob
    {
        public void Execute(int task)
        {
            var (start, end) = groups._schedule!.Task(task);
            for (var position = start; position < end; position++) groups.RunGroup(groups._schedule[position]);
        }
    }
}
