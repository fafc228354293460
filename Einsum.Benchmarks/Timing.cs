using System.Diagnostics;

namespace EinsumNet.Benchmarks;

/// <summary>Interleaved timing: rivals take turns, so that what else the machine does falls on all alike; medians are compared.</summary>
static class Timing
{
    const double SampleSeconds = 0.05, WarmUpSeconds = 0.3;

    /// <summary>OpenBLAS's threads spin for about a tenth of a second after a call and would take a core from the next rival.</summary>
    const int SettleMilliseconds = 150;

    /// <summary>The median seconds per call of each action over <paramref name="rounds"/> turns.</summary>
    internal static double[] Interleave(int rounds, params ReadOnlySpan<Action> rivals)
    {
        var calls = new int[rivals.Length];
        for (var i = 0; i < rivals.Length; i++)
        {
            rivals[i]();
            calls[i] = (int)Math.Clamp(SampleSeconds / Seconds(rivals[i], 1), 1, 1_000_000);
        }

        var samples = new double[rivals.Length][];
        for (var i = 0; i < rivals.Length; i++) samples[i] = new double[rounds];
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < rivals.Length; i++)
            {
                Thread.Sleep(SettleMilliseconds);
                rivals[i]();
                samples[i][round] = Seconds(rivals[i], calls[i]);
            }
        }

        return [.. samples.Select(values => Median(values))];
    }

    /// <summary>The runtime replaces methods that are called often by optimised ones some 0.1 s later; what is timed afterwards is what stays.</summary>
    internal static void WarmUp(Action action)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed.TotalSeconds < WarmUpSeconds;) action();
    }

    /// <summary>Seconds per call over as many calls as take so long.</summary>
    internal static double Sample(Action action, double seconds)
    {
        var calls = 0;
        var clock = Stopwatch.StartNew();
        do
        {
            action();
            calls++;
        }
        while (clock.Elapsed.TotalSeconds < seconds);
        return clock.Elapsed.TotalSeconds / calls;
    }

    /// <summary>The median seconds of each action over <paramref name="rounds"/> turns of one call.</summary>
    internal static double[] InTurns(int rounds, params ReadOnlySpan<Action> rivals)
    {
        var samples = new List<double>[rivals.Length];
        for (var i = 0; i < rivals.Length; i++) samples[i] = [];
        foreach (var rival in rivals) rival();
        for (var round = 0; round < rounds; round++)
            for (var i = 0; i < rivals.Length; i++) samples[i].Add(Seconds(rivals[i], 1));
        return [.. samples.Select(list => Median(list))];
    }

    internal static double Median(List<double> values) => Median(values.ToArray());

    /// <summary>Seconds per call.</summary>
    internal static double Seconds(Action action, int calls)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < calls; i++) action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
    }

    static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
