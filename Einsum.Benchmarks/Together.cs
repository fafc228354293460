namespace EinsumNet.Benchmarks;

/// <summary>The same measurement on several threads at once.</summary>
static class Together
{
    /// <summary>The largest of several sums, over the threads, of what each measured.</summary>
    internal static double Best(int repeats, int threads, Func<int, double> measure)
    {
        var best = 0.0;
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            var results = new double[threads];
            using var barrier = new Barrier(threads);
            var workers = Enumerable.Range(0, threads).Select(i => new Thread(() =>
            {
                barrier.SignalAndWait();
                results[i] = measure(i);
            })).ToList();
            workers.ForEach(worker => worker.Start());
            workers.ForEach(worker => worker.Join());
            best = Math.Max(best, results.Sum());
        }
        return best;
    }
}
