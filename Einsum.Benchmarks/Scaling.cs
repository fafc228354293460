using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EinsumNet.Benchmarks;

/// <summary>
/// One thread and all of them in turns, case by case, for the cases of more than 10 MFLOP whose limit on all threads is arithmetic; and how much faster all threads
/// multiply and add in registers alone, which no product can beat: cores of rented machines are shared.
/// </summary>
static class Scaling
{
    const double LeastFlops = 10e6, Bar = 1.8;
    const int Rounds = 7, Samples = 1;
    const double SampleSeconds = 0.1;

    internal static void Run(string[] args)
    {
        var options = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair.Length > 1 ? pair[1] : throw new ArgumentException($"{pair[0]} has no value"));
        var only = new Regex(options.GetValueOrDefault("--only", ""));
        var threads = int.Parse(options.GetValueOrDefault("--threads", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
        var machine = Roofline.Measure(threads);
        foreach (var element in options.GetValueOrDefault("--dtype", "float32,float64").Split(','))
        {
            var isDouble = element == "float64";
            Console.WriteLine($"{element}, 1 and {threads} threads in turns, medians of {Rounds}; multiply-adds in registers: {Number(isDouble ? Peaks<double>(threads) : Peaks<float>(threads))} times as fast");
            Console.WriteLine();
            Console.WriteLine($"| case | microseconds, 1 thread | {threads} threads | times as fast |");
            Console.WriteLine("|---|---|---|---|");
            var ratios = new List<double>();
            foreach (var @case in Report.Cases().Where(@case => only.IsMatch(@case["name"]!.GetValue<string>()) && IsBoundByArithmetic(@case, machine, isDouble)))
            {
                var (one, all) = Measure(@case, element, threads);
                ratios.Add(one / all);
                Console.WriteLine($"| {@case["name"]} | {(one * 1e6).ToString("0", CultureInfo.InvariantCulture)} | {(all * 1e6).ToString("0", CultureInfo.InvariantCulture)} | {Number(one / all)} |");
            }
            Console.WriteLine();
            if (ratios.Count > 0) Console.WriteLine($"geometric mean {Number(Math.Exp(ratios.Average(Math.Log)))}, {ratios.Count(ratio => ratio >= Bar)} of {ratios.Count} at {Number(Bar)} or more");
            Console.WriteLine();
        }
    }

    static bool IsBoundByArithmetic(JsonNode @case, Roofline machine, bool isDouble)
    {
        var (flops, bytes) = (@case["flops"]!.GetValue<double>(), @case["bytes"]!.GetValue<double>() * (isDouble ? 2 : 1));
        return flops >= LeastFlops && machine.Limit(flops, bytes, isDouble) == machine.Limit(flops, 0, isDouble);
    }

    static double Peaks<T>(int threads) where T : unmanaged, INumber<T>
    {
        var rates = Enumerable.Range(0, Rounds).Select(_ => (One: Peak.Measure<T>(1), All: Peak.Measure<T>(threads))).ToList();
        return Timing.Median([.. rates.Select(rate => rate.All)]) / Timing.Median([.. rates.Select(rate => rate.One)]);
    }

    static (double One, double All) Measure(JsonNode @case, string element, int threads)
    {
        var request = new JsonObject { ["case"] = @case.DeepClone(), ["dtype"] = element, ["samples"] = Samples, ["min_time"] = SampleSeconds, ["max_time"] = SampleSeconds };
        var engines = new[] { new EinsumEngine(new EinsumOptions { MaxThreads = 1 }), new EinsumEngine(new EinsumOptions { MaxThreads = threads }) };
        var seconds = engines.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < Rounds; round++)
            for (var i = 0; i < engines.Length; i++)
            {
                var turn = round % 2 == 0 ? i : engines.Length - 1 - i;
                var answer = Serve.Answer(engines[turn], request);
                seconds[turn].Add(answer["s"]?.GetValue<double>() ?? throw new InvalidOperationException($"{@case["name"]}: {answer["error"]}"));
            }
        return (Timing.Median(seconds[0]), Timing.Median(seconds[1]));
    }

    static string Number(double ratio) => ratio.ToString("0.00", CultureInfo.InvariantCulture);
}
