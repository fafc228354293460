using System.Globalization;
using System.Text.Json.Nodes;

namespace EinsumNet.Benchmarks;

/// <summary>
/// Functions of Einsum.Functions, compiled and called from C#, beside the same loop written by hand and NumPy's form, in turns in one run; the
/// median over the turns, ratios, and the memory that one evaluation needs besides operands and result (NumPy's includes the result).
/// </summary>
static class FunctionsBenchmark
{
    const int Turns = 15, SettleMilliseconds = 120;
    const double TurnSeconds = 0.02, WarmSeconds = 0.3;

    internal static void Run(string[] args)
    {
        var options = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair.Length > 1 ? pair[1] : throw new ArgumentException($"{pair[0]} has no value"));
        var threads = int.Parse(options.GetValueOrDefault("--threads", "2"), CultureInfo.InvariantCulture);
        var only = options.GetValueOrDefault("--only", "");
        using var numpy = new PeerProcess("functions", threads, options.GetValueOrDefault("--python", "/usr/bin/python3"), Path.Combine(AppContext.BaseDirectory, "Peers", "functions.py"));
        Console.WriteLine("| function | ours | by hand | NumPy | ours / hand | ours / NumPy | our memory | NumPy's |\n|---|---|---|---|---|---|---|---|");
        foreach (var function in FunctionCases.All(threads))
            if (function.Name.Contains(only, StringComparison.Ordinal)) Console.WriteLine(Measure(function, numpy));
    }

    static string Measure(FunctionCase function, PeerProcess numpy)
    {
        Action[] rivals = function.Hand is null ? [function.Ours] : [function.Ours, function.Hand];
        var calls = rivals.Select(WarmUp).ToArray();
        var samples = rivals.Select(_ => new List<double>()).ToArray();
        var (peer, peak) = (new List<double>(), 0L);
        for (var turn = 0; turn < Turns; turn++)
        {
            var answer = numpy.Ask(new JsonObject { ["kind"] = function.Kind, ["n"] = function.Count, ["d"] = function.Depth, ["dtype"] = function.DType, ["seconds"] = TurnSeconds });
            peer.Add(answer["s"]!.GetValue<double>());
            peak = answer["peak"]!.GetValue<long>();
            // The idle threads of NumPy's BLAS spin for a while after a call, and would take a core from us.
            Thread.Sleep(SettleMilliseconds);
            for (var i = 0; i < rivals.Length; i++)
            {
                // As the peer does: one evaluation that does not count, after which memory and threads are where they were.
                rivals[i]();
                samples[i].Add(Timing.Seconds(rivals[i], calls[i]));
            }
        }
        var (ours, theirs) = (Median(samples[0]), Median(peer));
        var hand = rivals.Length > 1 ? Median(samples[1]) : double.NaN;
        return $"| {function.Name} | {Time(ours)} | {Time(hand)} | {Time(theirs)} | {Ratio(ours, hand)} | {Ratio(ours, theirs)} | {Bytes(function.Peak)} | {Bytes(peak)} |";
    }

    /// <summary>What is called often is compiled again, better, some 0.1 s later; gives the calls of one turn.</summary>
    static int WarmUp(Action action)
    {
        action();
        var each = Math.Max(1e-9, Timing.Seconds(action, 1));
        for (var start = System.Diagnostics.Stopwatch.GetTimestamp(); System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds < WarmSeconds;)
            each = Math.Max(1e-9, Timing.Seconds(action, (int)Math.Clamp(0.01 / each, 1, 1e6)));
        return (int)Math.Clamp(TurnSeconds / each, 1, 1e7);
    }

    static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    static string Time(double seconds) => double.IsNaN(seconds) ? "" : seconds switch
    {
        < 1e-5 => Text(seconds * 1e9, "f0", "ns"),
        < 1e-3 => Text(seconds * 1e6, "f1", "us"),
        _ => Text(seconds * 1e3, "f2", "ms"),
    };

    static string Text(double value, string format, string unit) => $"{value.ToString(format, CultureInfo.InvariantCulture)} {unit}";

    static string Ratio(double ours, double other) => double.IsNaN(other) ? "" : string.Create(CultureInfo.InvariantCulture, $"{ours / other:f2}");

    static string Bytes(long bytes) => bytes < 1 << 20 ? Text(bytes / 1024.0, "f1", "KB") : Text(bytes / 1048576.0, "f1", "MB");
}
