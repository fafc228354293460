namespace EinsumNet;

/// <summary>Finds the calls of all members of a list, on all threads where there are many.</summary>
unsafe readonly struct MemberPlanner<TLayouts>(CallPlanner planner, TLayouts layouts, nint[] words, int[] starts, Call[] calls, int from, int* failures) : IJob
    where TLayouts : struct, ILayouts
{
    /// <summary>Members that are worth a task: some tens of microseconds.</summary>
    const int Stretch = 16;

    /// <exception cref="EinsumException">A member does not fit the equation; the first such is named.</exception>
    internal static MemberCalls Run(EinsumOptions options, CallPlanner planner, TLayouts layouts, int count)
    {
        var starts = new int[count + 1];
        for (var member = 0; member < count; member++) starts[member + 1] = checked(starts[member] + layouts.Length(member));
        var (failures, calls) = (0, new Call[count]);
        var sequential = new MemberPlanner<TLayouts>(planner, layouts, new nint[starts[count]], starts, calls, 0, &failures);
        // Which classes get kernels of their own must not depend on the threads.
        var next = 0;
        while (next < count && (planner.Specialises || count - next < 2 * Stretch || options.MaxThreads == 1)) sequential.Plan(next++);
        if (next < count)
        {
            var job = sequential.From(next);
            options.Backend.Share(ref job, (count - next + Stretch - 1) / Stretch, options.MaxThreads);
            // One thread finds the first of the errors.
            for (; failures > 0 && next < count; next++) sequential.Plan(next);
        }
        return new MemberCalls(sequential.Words, starts, calls);
    }

    nint[] Words => words;

    public void Execute(int task)
    {
        var start = from + task * Stretch;
        var end = Math.Min(start + Stretch, calls.Length);
        try
        {
            for (var member = start; member < end; member++) Plan(member);
        }
        catch (EinsumException)
        {
            Interlocked.Increment(ref *failures);
        }
    }

    MemberPlanner<TLayouts> From(int first) => new(planner, layouts, words, starts, calls, first, failures);

    void Plan(int member)
    {
        var layout = words.AsSpan(starts[member], starts[member + 1] - starts[member]);
        layouts.Write(member, layout);
        calls[member] = planner.For(member, layout);
    }
}
