using System.Globalization;
using System.Text.RegularExpressions;

namespace EinsumNet.Benchmarks;

/// <summary>Everything about lists of products whose shapes differ: planning, speed, memory.</summary>
static class RaggedBenchmark
{
    internal static void Run(string[] args)
    {
        var options = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair.Length > 1 ? pair[1] : throw new ArgumentException($"{pair[0]} has no value"));
        if (options.TryGetValue("--cold", out var count))
        {
            FirstCalls.PrintCold(int.Parse(count, CultureInfo.InvariantCulture), Console.Out);
            return;
        }
        var threads = int.Parse(options.GetValueOrDefault("--threads", $"{Environment.ProcessorCount}"), CultureInfo.InvariantCulture);
        foreach (var part in options.GetValueOrDefault("--only", "first,loops,batched,memory").Split(','))
        {
            switch (part)
            {
                case "first":
                    FirstCalls.Print(Console.Out);
                    foreach (var cold in (string[])["10", "100", "1000", "10000"]) Itself.Run("ragged", "--cold", cold);
                    Console.WriteLine();
                    break;
                case "loops":
                    ListsBesideLoops.Print(Console.Out, threads, options.GetValueOrDefault("--python", "/usr/bin/python3"), new Regex(options.GetValueOrDefault("--lists", "")));
                    break;
                case "batched":
                    ListBesideBatch.Print(Console.Out, threads, 100, 1000);
                    break;
                case "memory":
                    Itself.Run("ragged", "--only", "memory-here");
                    break;
                case "memory-here":
                    PeakMemory.Print(Console.Out);
                    break;
                default:
                    throw new ArgumentException($"No part '{part}'.");
            }
        }
    }
}
