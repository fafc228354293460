namespace EinsumNet;

/// <summary>Finds the calls of all members of a list, on all threads where there are many.</summary>
unsafe readonly struct MemberPlanner<TLayouts>(CallPlanner planner, TLayouts layouts, nint[] words, int[] starts, Call[] calls, int* failures) : IJob
    where TLayouts : struct, ILayouts
{
    /// <summary>Members that are worth a task: some tens of microseconds.</summary>
    const int Stretch = 16;

    /// <exception cref="EinsumException">A member does not fit the equation; the first such is named.</exception>
    internal static MemberCalls Run(EinsumOptions options, CallPlanner planner, TLayouts layouts, int count)
    {
        var starts = new int[count + 1];
        for (var member = 0; member < count; member++) starts[member + 1] = checked(starts[member] + layouts.Length(member));
        var (failures, calls, words) = (0, new Call[count], new nint[starts[count]]);
        var job = new MemberPlanner<TLayouts>(planner, layouts, words, starts, calls, &failures);
        if (count >= 2 * Stretch && options.MaxThreads > 1) options.Backend.Share(ref job, (count + Stretch - 1) / Stretch, options.MaxThreads);
        else failures = 1;
        // One thread finds the first of the errors.
        for (var member = 0; failures > 0 && member < count; member++) job.Plan(member);
        var members = new MemberCalls(words, starts, calls);
        // After all are known, so that it does not depend on the threads which classes these are.
        planner.Specialise(members);
        return members;
    }

    public void Execute(int task)
    {
        var start = task * Stretch;
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

    void Plan(int member)
    {
        var layout = words.AsSpan(starts[member], starts[member + 1] - starts[member]);
        layouts.Write(member, layout);
        calls[member] = planner.For(member, layout);
    }
}
