using System.Diagnostics;
using System.Globalization;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Benchmarks;

/// <summary>
/// What planning and compiling cost where every member has other sizes: a new engine and backend each time, in this process once the code itself is
/// compiled, and in a process of its own, where it is not.
/// </summary>
static class FirstCalls
{
    const int Rounds = 15;
    const double WarmUpSeconds = 4;

    static readonly int[] s_counts = [10, 100, 1000, 10000];

    internal static void Print(TextWriter output)
    {
        output.WriteLine("First call, float, sizes 2..40 that all differ; microseconds per member, medians of " + Rounds + " new engines:");
        output.WriteLine();
        output.WriteLine("| N | CompileMany | EvalMany, first call less second | second call | kernels kept | compiled |");
        output.WriteLine("|---|---|---|---|---|---|");
        // What is measured is planning, not the runtime's compiler, which replaces code in three steps some tenths of a second apart.
        for (var clock = Stopwatch.StartNew(); clock.Elapsed.TotalSeconds < WarmUpSeconds; Thread.Sleep(100))
            for (var repeat = 0; repeat < 50; repeat++)
                foreach (var count in s_counts[..2]) Measure(count);
        foreach (var count in s_counts)
        {
            var all = Enumerable.Range(0, Rounds).Select(_ => Measure(count)).ToList();
            var statistics = all[0].Kernels;
            output.WriteLine($"| {count} | {Micro(all.Select(one => one.Compile), count)} | {Micro(all.Select(one => one.First - one.Second), count)} | {Micro(all.Select(one => one.Second), count)} | {statistics.Count} | {statistics.Misses} |");
        }
        output.WriteLine();
    }

    /// <summary>The same in this process as it is, on one line: the very first list, then one of as many other sizes, of which the code is there but not yet optimised.</summary>
    internal static void PrintCold(int count, TextWriter output)
    {
        var sizes = RaggedList<float>.Distinct(2 * count, 2, 40);
        var lists = new[] { new RaggedList<float>(sizes[..count]), new RaggedList<float>(sizes[count..]) };
        var first = EvalMany(EinsumEngine.Default, lists[0]);
        var second = EvalMany(EinsumEngine.Default, lists[1]);
        output.WriteLine($"A new process, N = {count}: the first list {Milli(first)} ms, another {Milli(second)} ms = {Micro([second], count)} microseconds per member.");
    }

    static double EvalMany(EinsumEngine engine, RaggedList<float> list)
    {
        var start = Stopwatch.GetTimestamp();
        GC.KeepAlive(engine.EvalMany(RaggedList<float>.Equation, list.Left, list.Right));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    static (double Compile, double First, double Second, CacheStatistics Kernels) Measure(int count)
    {
        var sizes = RaggedList<float>.Distinct(count, 2, 40);
        var list = new RaggedList<float>(sizes);
        var engine = new EinsumEngine(new EinsumOptions { Backend = new CpuBackend() });
        var first = EvalMany(engine, list);
        var kernels = engine.Statistics.Kernels;
        var second = EvalMany(engine, list);

        var other = new EinsumEngine(new EinsumOptions { Backend = new CpuBackend() });
        var start = Stopwatch.GetTimestamp();
        GC.KeepAlive(RaggedList<float>.Compile(other, sizes));
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, first, second, kernels);
    }

    static string Milli(double seconds) => (seconds * 1e3).ToString("0.0", CultureInfo.InvariantCulture);

    static string Micro(IEnumerable<double> seconds, int count)
    {
        var sorted = seconds.Order().ToList();
        return (sorted[sorted.Count / 2] / count * 1e6).ToString("0.00", CultureInfo.InvariantCulture);
    }
}
