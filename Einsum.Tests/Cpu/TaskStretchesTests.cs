namespace EinsumNet.Backends.Cpu.Tests;

public class TaskStretchesTests
{
    [Test]
    public void A_thread_takes_its_own_tasks_in_order_and_then_the_last_of_the_longest_stretch()
    {
        var stretches = new TaskStretches();
        stretches.Deal(tasks: 9, threads: 3);
        Assert.That(stretches.Take(1), Is.EqualTo(3));
        Assert.That(Enumerable.Range(0, 9).Select(_ => stretches.Take(0)), Is.EqualTo([0, 1, 2, 8, 5, 7, 4, 6, -1]));
        Assert.That(stretches.Take(2), Is.EqualTo(-1));
    }

    [Test]
    public void Threads_that_were_dealt_none_take_the_first_ones_in_order()
    {
        var stretches = new TaskStretches();
        stretches.Deal(tasks: 4, threads: 1);
        Assert.That(new[] { 1, 0, 2, 1, 0 }.Select(stretches.Take), Is.EqualTo([0, 1, 2, 3, -1]));
    }

    [Test]
    public void Each_task_goes_to_one_thread([Values(2, 3, 5)] int threads)
    {
        const int tasks = 1000;
        var stretches = new TaskStretches();
        for (var round = 0; round < 20; round++)
        {
            stretches.Deal(tasks, threads);
            var taken = new int[tasks];
            var all = Enumerable.Range(0, threads).Select(thread => new Thread(() =>
            {
                for (int task; (task = stretches.Take(thread)) >= 0;) Interlocked.Increment(ref taken[task]);
            })).ToList();
            all.ForEach(thread => thread.Start());
            all.ForEach(thread => thread.Join());
            Assert.That(taken, Is.All.EqualTo(1));
        }
    }

    [Test]
    public void What_is_cleared_nobody_takes()
    {
        var stretches = new TaskStretches();
        stretches.Deal(tasks: 10, threads: 2);
        stretches.Clear();
        Assert.That((stretches.Take(0), stretches.Take(1)), Is.EqualTo((-1, -1)));
    }
}
