using System.Numerics.Tensors;

namespace EinsumNet;

/// <summary>The groups of a ragged product as tasks: calls on slices of the same operands and the same result.</summary>
sealed unsafe class GroupJob<T>(int operands, int capacity) where T : unmanaged
{
    readonly List<Call> _calls = new(capacity);
    readonly List<long> _offsets = new(capacity * (operands + 1));
    MemberSchedule? _schedule;
    nint[] _bases = [];
    CancellationToken _cancellation;

    /// <summary>Adds the offset of the next operand, and last of the result, of the group whose call follows.</summary>
    internal void AddOffset(long elements) => _offsets.Add(elements * sizeof(T));

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
        using var batch = options.Backend.HasBatches ? options.Backend.NewBatch(_calls.Select(call => call.Executable)) : null;
        if (batch is not null)
        {
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
