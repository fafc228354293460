namespace EinsumNet;

/// <summary>
/// The order in which members run. One that is more than a thread's fair share of the work runs first, on all threads; large ones follow, each a task
/// of its own, the largest first; small ones come last, neighbours in the list several to a task, and tasks get smaller towards the end. (Longest
/// processing time first: Graham, "Bounds on multiprocessing timing anomalies", 1969; smaller tasks towards the end: Polychronopoulos and Kuck,
/// "Guided self-scheduling", 1987.)
/// </summary>
sealed class MemberSchedule
{
    /// <summary>Iterations that take as long as a member's call beside its arithmetic.</summary>
    const double MemberWork = 1 << 12;

    /// <summary>Iterations that are worth a task of their own: some microseconds.</summary>
    const double LeastTask = 1 << 17;

    /// <summary>Iterations below which a member is not worth several threads.</summary>
    const double LeastShared = 1 << 21;

    /// <summary>A task is at most one in so many, per thread, of what is left.</summary>
    const int LeftPerTask = 8;

    readonly int[] _order;
    readonly int[] _taskStarts;

    internal MemberSchedule(ReadOnlySpan<double> work, int threads)
    {
        var total = 0.0;
        foreach (var member in work) total += member + MemberWork;
        var large = Large(work, Math.Max(LeastTask, total / (2 * threads * LeftPerTask)));
        while (Shared < large.Count && threads > 1 && work[large[Shared]] >= LeastShared && work[large[Shared]] > total / (2 * threads)) total -= work[large[Shared++]];

        _order = new int[work.Length];
        large.CopyTo(_order);
        var starts = new List<int>();
        for (var position = Shared; position < large.Count; position++) starts.Add(position);
        AddSmall(work, threads, large, starts);
        starts.Add(work.Length);
        _taskStarts = [.. starts];
    }

    /// <summary>How many members, the first of the order, run on all threads one after the other.</summary>
    internal int Shared { get; private init; }

    internal int Count => _order.Length;

    internal int Tasks => _taskStarts.Length - 1;

    internal int this[int position] => _order[position];

    /// <summary>The positions of a task's members in the order.</summary>
    internal (int Start, int End) Task(int task) => (_taskStarts[task], _taskStarts[task + 1]);

    /// <summary>The members of at least so much work, the largest first.</summary>
    static List<int> Large(ReadOnlySpan<double> work, double least)
    {
        var large = new List<(double Work, int Member)>();
        for (var member = 0; member < work.Length; member++)
            if (work[member] >= least) large.Add((work[member], member));
        large.Sort((left, right) => left.Work != right.Work ? right.Work.CompareTo(left.Work) : left.Member.CompareTo(right.Member));
        return large.ConvertAll(pair => pair.Member);
    }

    /// <summary>Neighbours in the list lie near each other in memory more often than not, so small members keep its order.</summary>
    void AddSmall(ReadOnlySpan<double> work, int threads, List<int> large, List<int> starts)
    {
        var left = 0.0;
        foreach (var member in work) left += member + MemberWork;
        var isLarge = new bool[work.Length];
        foreach (var member in large)
        {
            isLarge[member] = true;
            left -= work[member] + MemberWork;
        }
        var position = large.Count;
        var room = 0.0;
        for (var member = 0; member < work.Length; member++)
        {
            if (isLarge[member]) continue;
            if (room <= 0)
            {
                starts.Add(position);
                room = Math.Max(LeastTask, left / (threads * LeftPerTask));
            }
            _order[position++] = member;
            room -= work[member] + MemberWork;
            left -= work[member] + MemberWork;
        }
    }
}
