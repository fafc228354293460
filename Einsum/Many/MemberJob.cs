using System.Numerics.Tensors;

namespace EinsumNet;

/// <summary>The members of a list as tasks for the backend's threads; results for which no destination is given are made by the thread that writes them.</summary>
readonly struct MemberJob<T>(
    EinsumEngine engine, Equation equation, MemberSchedule schedule, Call[] calls, OperandLists<T> lists, long[] shared, SharedPanels<T> panels, Items<Tensor<T>>? destinations,
    Tensor<T>[]? results, TaskCompletionSource<Tensor<T>>[]? completions, CancellationToken cancellation) : IJob
    where T : unmanaged
{
    /// <summary>Runs all members.</summary>
    internal static void Run(ref MemberJob<T> job, EinsumOptions options)
    {
        using var batch = options.Backend.HasBatches ? options.Backend.NewBatch(job.Executables, job.Shared) : null;
        if (batch is not null)
        {
            job.RunQueued(batch);
            return;
        }
        job.RunShared();
        options.Backend.Share(ref job, job.Tasks, options.MaxThreads);
    }

    /// <summary>An array of calls may be longer than the list.</summary>
    IEnumerable<Executable> Executables => calls.Take(schedule.Count).Select(call => call.Executable);

    /// <summary>What all members read, see <see cref="SharedOperands"/>.</summary>
    long[] Shared => shared;

    int Tasks => schedule.Tasks;

    void RunShared()
    {
        for (var position = 0; position < schedule.Shared; position++) RunMember(schedule[position]);
    }

    /// <summary>Runs the members of one task; a call inside finds the threads taken and stays on its own.</summary>
    public void Execute(int task)
    {
        var (start, end) = schedule.Task(task);
        for (var position = start; position < end; position++) RunMember(schedule[position]);
    }

    /// <summary>Gives the backend all members before it waits for any.</summary>
    unsafe void RunQueued(ExecutionBatch batch)
    {
        var (operands, copies) = (new Operand<T>[lists.Terms], SharedOperands.Upload(lists, shared, batch.Upload));
        for (var member = 0; member < schedule.Count; member++)
        {
            cancellation.ThrowIfCancellationRequested();
            lists.Read(member, operands);
            calls[member].AddTo<T>(batch, operands, copies);
        }
        batch.Wait();
        GC.KeepAlive(lists);
        for (var member = 0; member < schedule.Count; member++)
        {
            var destination = Destination(member);
            fixed (T* start = &destination.GetPinnableReference()) batch.CopyResult(member, (nint)start);
            completions?[member].SetResult(destination);
        }
    }

    Tensor<T> Destination(int member) => destinations is { } given ? given[member] : results![member] = Tensor.CreateFromShapeUninitialized<T>(calls[member].ResultLengths);

    void RunMember(int member)
    {
        cancellation.ThrowIfCancellationRequested();
        var destination = Destination(member);
        if (lists.Terms == 2)
        {
            var (left, right) = (lists[0, member], lists[1, member]);
            if (!panels.TryRun(calls[member], left, right, ref destination.GetPinnableReference())) engine.Eval<T>(equation, left, right).AsTensorSpan().CopyTo(destination);
        }
        else
        {
            var buffer = new OperandBuffer<T>();
            Span<Operand<T>> operands = lists.Terms <= OperandBuffer<T>.Length ? buffer : new Operand<T>[lists.Terms];
            operands = operands[..lists.Terms];
            lists.Read(member, operands);
            if (!calls[member].TryRun(operands, ref destination.GetPinnableReference())) engine.Eval(equation, operands).AsTensorSpan().CopyTo(destination);
        }
        completions?[member].SetResult(destination);
    }
}
