namespace EinsumNet.Backends.Cpu.Tests;

public unsafe class WorkerPoolTests
{
    [Test]
    public void Each_task_runs_once([Values(1, 2, 3, 8)] int threads, [Values(1, 2, 7, 100)] int tasks, [Values] bool inOrder)
    {
        var pool = new WorkerPool();
        for (var round = 0; round < 200; round++)
        {
            var counts = new int[tasks];
            var job = new Count(counts);
            pool.Run(ref job, tasks, threads, inOrder);
            Assert.That(counts, Is.All.EqualTo(1));
        }
    }

    [Test]
    public void Callers_at_once_and_callers_within_tasks_do_their_own_tasks()
    {
        var pool = new WorkerPool();
        var counts = new int[8, 64];
        Parallel.For(0, 8, caller =>
        {
            for (var round = 0; round < 100; round++)
            {
                var job = new Nested(pool, counts, caller);
                pool.Run(ref job, 8, 3);
            }
        });
        Assert.That(counts, Is.All.EqualTo(100));
    }

    [Test]
    public void An_exception_reaches_the_caller_and_the_pool_goes_on([Values(0, 5, 9)] int thrower)
    {
        var pool = new WorkerPool();
        for (var round = 0; round < 50; round++)
        {
            var job = new Throw(thrower);
            Assert.That(() => pool.Run(ref job, 10, 3), Throws.InvalidOperationException.With.Message.EqualTo($"task {thrower}"));
        }
    }

    [Test]
    public void A_worker_that_fell_asleep_wakes()
    {
        var pool = new WorkerPool();
        for (var round = 0; round < 20; round++)
        {
            var job = new Meet(new Barrier(2));
            Thread.Sleep(5);
            pool.Run(ref job, 2, 2);
        }
    }

    readonly struct Count(int[] counts) : IJob
    {
        public void Execute(int task) => Interlocked.Increment(ref counts[task]);
    }

    readonly struct Nested(WorkerPool pool, int[,] counts, int caller) : IJob
    {
        public void Execute(int task)
        {
            var inner = new Row(counts, caller, task);
            pool.Run(ref inner, 8, 3);
        }
    }

    readonly struct Row(int[,] counts, int caller, int task) : IJob
    {
        public void Execute(int inner) => Interlocked.Increment(ref counts[caller, task * 8 + inner]);
    }

    readonly struct Throw(int thrower) : IJob
    {
        public void Execute(int task)
        {
            if (task == thrower) throw new InvalidOperationException($"task {task}");
        }
    }

    /// <summary>Ends only when two threads run its tasks.</summary>
    readonly struct Meet(Barrier barrier) : IJob
    {
        public void Execute(int task) => Assert.That(barrier.SignalAndWait(TimeSpan.FromSeconds(10)));
    }
}
