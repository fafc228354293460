namespace EinsumNet.Backends.Cpu;

/// <summary>
/// One background thread of a <see cref="WorkerPool"/>. After a job it spins for some microseconds, because kernels often follow each other
/// closely, and then blocks on a semaphore.
/// </summary>
sealed class Worker
{
    const int Idle = 0, Posted = 1, Running = 2;
    const int Spins = 200;

    readonly WorkerPool _pool;
    readonly int _number;
    readonly SemaphoreSlim _wake = new(0);
    int _state;
    int _asleep;

    internal Worker(WorkerPool pool, int number)
    {
        (_pool, _number) = (pool, number);
        new Thread(Loop) { IsBackground = true, Name = $"Einsum worker {number}" }.Start();
    }

    /// <summary>Asks the thread to join the pool's current job.</summary>
    internal void Post()
    {
        Interlocked.Exchange(ref _state, Posted);
        if (Interlocked.Exchange(ref _asleep, 0) == 1) _wake.Release();
    }

    /// <summary>Waits until the thread is out of the current job; at once when it had not yet begun.</summary>
    internal void Finish()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Posted) == Posted) return;
        var wait = new SpinWait();
        while (Volatile.Read(ref _state) == Running) wait.SpinOnce(sleep1Threshold: -1);
    }

    void Loop()
    {
        while (true)
        {
            WaitForPost();
            if (Interlocked.CompareExchange(ref _state, Running, Posted) != Posted) continue;
            _pool.DoTasks(_number);
            Volatile.Write(ref _state, Idle);
        }
    }

    void WaitForPost()
    {
        for (var spin = 0; spin < Spins; spin++)
        {
            if (Volatile.Read(ref _state) == Posted) return;
            Thread.SpinWait(8);
        }

        Interlocked.Exchange(ref _asleep, 1);
        // Posted between the last look and going to sleep: whoever takes the flag back decides whether a release is on its way.
        if (Volatile.Read(ref _state) == Posted && Interlocked.Exchange(ref _asleep, 0) == 1) return;
        _wake.Wait();
    }
}
