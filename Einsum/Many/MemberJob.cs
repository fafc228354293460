using System.Numerics.Tensors;

namespace EinsumNet;

/// <summary>The members of a list as tasks for the backend's threads.</summary>
struct MemberJob<T>(
    EinsumEngine engine, Equation equation, MemberSchedule schedule, Call[] calls, OperandLists<T> lists, IReadOnlyList<Tensor<T>> destinations,
    TaskCompletionSource<Tensor<T>>[]? completions, CancellationToken cancellation) : IJob
    where T : unmanaged
{
    /// <summary>Runs all members.</summary>
    internal static void Run(ref MemberJob<T> job, EinsumOptions options)
    {
        using var batch = options.Backend.NewBatch();
        if (batch is not null)
        {
            job.RunQueued(batch);
            return;
        }
        job.RunShared();
        options.Backend.Share(ref job, job.Tasks, options.MaxThreads);
    }

    readonly int Tasks => schedule.Tasks;

    readonly void RunShared()
    {
        for (var position = 0; position < schedule.Shared; position++) RunMember(schedule[position]);
    }

    /// <summary>Runs the members of one task; a call inside finds the threads taken and stays on its own.</summary>
    public readonly void Execute(int task)
    {
        var (start, end) = schedule.Task(task);
        for (var position = start; position < end; position++) RunMember(schedule[position]);
    }

    /// <summary>Gives the backend all members before it waits for any.</summary>
    readonly unsafe void RunQueued(ExecutionBatch batch)
    {
        var operands = new Operand<T>[lists.Terms];
        for (var member = 0; member < schedule.Count; member++)
        {
            cancellation.ThrowIfCancellationRequested();
            lists.Read(member, operands);
            calls[member].AddTo<T>(batch, operands);
        }
        batch.Wait();
        for (var member = 0; member < schedule.Count; member++)
        {
            fixed (T* destination = &destinations[member].GetPinnableReference()) batch.CopyResult(member, (nint)destination);
            completions?[member].SetResult(destinations[member]);
        }
    }

    readonly void RunMember(int member)
    {
        cancellation.ThrowIfCancellationRequested();
        var buffer = new OperandBuffer<T>();
        Span<Operand<T>> operands = lists.Terms <= OperandBuffer<T>.Length ? buffer : new Operand<T>[lists.Terms];
        operands = operands[..lists.Terms];
        lists.Read(member, operands);
        var destination = destinations[member];
        if (!calls[member].TryRun(operands, ref destination.GetPinnableReference()))
            engine.Eval(equation, operands).AsTensorSpan().CopyTo(destination);
        completions?[member].SetResult(destination);
    }
}
