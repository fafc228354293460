using System.Runtime.ExceptionServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// Persistent background threads that share the tasks of one job at a time. The caller works too; when the pool is busy with another
/// caller's job (or the caller is one of the workers) it does all tasks alone, so nested and concurrent use never waits. A dispatch allocates no
/// managed memory.
/// </summary>
sealed unsafe class WorkerPool
{
    internal static readonly WorkerPool Shared = new();

    readonly List<Worker> _workers = [];
    readonly TaskStretches _tasks = new();
    int _busy;
    void* _job;
    delegate*<void*, int, void> _execute;
    Exception? _error;

    /// <summary>
    /// Does all tasks of the job on at most <paramref name="maxThreads"/> threads, this one among them. Each has a stretch of neighbouring tasks to begin
    /// with, or takes the next one that is left, <paramref name="inOrder"/>: for tasks whose order says which take longest.
    /// </summary>
    internal void Run<TJob>(ref TJob job, int tasks, int maxThreads, bool inOrder = false) where TJob : struct, IJob
    {
        var helpers = Math.Min(maxThreads, tasks) - 1;
        if (helpers <= 0 || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            for (var task = 0; task < tasks; task++) job.Execute(task);
            return;
        }

        // A copy on this stack, which does not move and outlives the workers' use of it.
        var local = job;
        try
        {
#pragma warning disable CS8500 // The address of a managed type: only this method's own variable, while it is in scope.
            Share(&local, &Execute<TJob>, tasks, helpers, inOrder);
#pragma warning restore CS8500
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    static void Execute<TJob>(void* job, int task) where TJob : struct, IJob
    {
#pragma warning disable CS8500
        ((TJob*)job)->Execute(task);
#pragma warning restore CS8500
    }

    void Share(void* job, delegate*<void*, int, void> execute, int tasks, int helpers, bool inOrder)
    {
        while (_workers.Count < helpers) _workers.Add(new Worker(this, _workers.Count + 1));
        _job = job;
        _execute = execute;
        _tasks.Deal(tasks, inOrder ? 1 : helpers + 1);
        for (var i = 0; i < helpers; i++) _workers[i].Post();
        DoTasks(thread: 0);
        for (var i = 0; i < helpers; i++) _workers[i].Finish();
        if (_error is { } error)
        {
            _error = null;
            ExceptionDispatchInfo.Throw(error);
        }
    }

    /// <summary>Does tasks of the current job until none is left; the first exception of any thread ends the job.</summary>
    /// <param name="thread">0 for the caller, and then the workers.</param>
    internal void DoTasks(int thread)
    {
        try
        {
            for (int task; (task = _tasks.Take(thread)) >= 0;) _execute(_job, task);
        }
        catch (Exception error)
        {
            Interlocked.CompareExchange(ref _error, error, null);
            _tasks.Clear();
        }
    }
}
