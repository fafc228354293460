using System.Diagnostics;

namespace EinsumNet.Benchmarks;

/// <summary>Interleaved timing: rivals take turns, so that what else the machine does falls on all alike; medians are compared.</summary>
static class Timing
{
    const double SampleSeconds = 0.05;

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

        return [.. samples.Select(Median)];
    }

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
