namespace EinsumNet;

/// <summary>
/// The order in which members run. One that is more than a thread's fair share of the work runs first, on all threads; the others run one per
/// thread, the largest first, small ones several to a task. (Longest processing time first: Graham, "Bounds on multiprocessing timing anomalies", 1969.)
/// </summary>
sealed class MemberSchedule
{
    /// <summary>Iterations that are worth a task of their own: some ten microseconds.</summary>
    const double LeastTask = 1 << 18;

    /// <summary>Iterations below which a member is not worth several threads.</summary>
    const double LeastShared = 1 << 21;

    const int TasksPerThread = 16;

    readonly int[] _order;
    readonly int[] _taskStarts;

    internal MemberSchedule(ReadOnlySpan<double> work, int threads)
    {
        _order = [.. Enumerable.Range(0, work.Length)];
        var total = 0.0;
        foreach (var member in work) total += member;
        var keys = work.ToArray();
        Array.Sort(keys, _order);
        Array.Reverse(keys);
        Array.Reverse(_order);

        while (Shared < keys.Length && threads > 1 && keys[Shared] >= LeastShared && keys[Shared] > total / (2 * threads)) total -= keys[Shared++];
        var least = Math.Max(LeastTask, total / (threads * TasksPerThread));
        var starts = new List<int>();
        var filled = double.PositiveInfinity;
        for (var i = Shared; i < keys.Length; i++)
        {
            if (filled >= least)
            {
                starts.Add(i);
                filled = 0;
            }
            filled += keys[i];
        }
        starts.Add(keys.Length);
        _taskStarts = [.. starts];
    }

    /// <summary>How many members, the first of the order, run on all threads one after the other.</summary>
    internal int Shared { get; private init; }

    internal int Count => _order.Length;

    internal int Tasks => _taskStarts.Length - 1;

    internal int this[int position] => _order[position];

    /// <summary>The positions of a task's members in the order.</summary>
    internal (int Start, int End) Task(int task) => (_taskStarts[task], _taskStarts[task + 1]);
}
