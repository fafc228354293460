using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EinsumNet.Benchmarks;

/// <summary>
/// Times this library and its peers case by case in one interleaved run, with the machine's limits measured in the same run, and prints tables in Markdown:
/// per family the geometric mean of each library's share of the limit, and every case.
/// </summary>
static class Report
{
    const int Samples = 5;
    const int RandomOfEach = 25;
    const double MinSeconds = 0.05, MaxSeconds = 0.6;
    const int SettleMilliseconds = 200;
    static readonly string[] s_files = ["gemm", "small", "ops", "tccg", "transpose"];

    sealed record Row(string Name, string Family, double Seconds, double Share, double BestOnRecord, string BestPeer, Dictionary<string, double> PeerShares);

    internal static void Run(string[] args)
    {
        var options = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair.Length > 1 ? pair[1] : throw new ArgumentException($"{pair[0]} has no value"));
        var folder = Path.Combine(AppContext.BaseDirectory, "Peers");
        var only = new Regex(options.GetValueOrDefault("--only", ""));
        var all = options.TryGetValue("--random", out var seed)
            ? new RandomCases(int.Parse(seed, CultureInfo.InvariantCulture)).Each(RandomOfEach)
            : Cases(options.GetValueOrDefault("--cases"));
        if (options.TryGetValue("--near", out var near)) all = new NearCases(int.Parse(near, CultureInfo.InvariantCulture)).Of(all);
        var cases = all.Where(@case => only.IsMatch(@case["name"]!.GetValue<string>())).ToList();
        var peers = options.GetValueOrDefault("--peers", "numpy,torch").Split(',', StringSplitOptions.RemoveEmptyEntries);
        foreach (var threads in options.GetValueOrDefault("--threads", "1,2").Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture)))
        {
            var machine = Roofline.Measure(threads);
            machine.Print(Console.Out);
            foreach (var element in options.GetValueOrDefault("--dtype", "float32,float64").Split(','))
                Print(element, threads, peers, Measure(cases, element, threads, peers, machine, options.GetValueOrDefault("--python", "/usr/bin/python3"), folder));
        }
    }

    /// <summary>The cases of the files, named with commas between them; of all where there are none.</summary>
    internal static IEnumerable<JsonNode> Cases(string? files = null) =>
        (files?.Split(',') ?? s_files).SelectMany(file => File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Peers", "cases", $"{file}.jsonl")))
        .Where(line => line.Length > 0).Select(line => JsonNode.Parse(line)!);

    static List<Row> Measure(List<JsonNode> cases, string element, int threads, string[] peers, Roofline machine, string python, string folder)
    {
        var engine = new EinsumEngine(new EinsumOptions { MaxThreads = threads });
        var processes = peers.Select(peer => new PeerProcess(peer, threads, python, Path.Combine(folder, "peers.py"))).ToList();
        var rows = new List<Row>();
        foreach (var @case in cases)
        {
            var request = new JsonObject
            {
                ["case"] = @case.DeepClone(),
                ["dtype"] = element,
                ["samples"] = Samples,
                ["min_time"] = MinSeconds,
                ["max_time"] = MaxSeconds,
            };
            // The cases are of floats; a complex number is two doubles, and a product of two takes four times the operations.
            var (size, work) = element switch { "float64" => (2, 1), "complex128" => (4, 4), _ => (1, 1) };
            var limit = machine.Limit(@case["flops"]!.GetValue<double>() * work, @case["bytes"]!.GetValue<double>() * size, element != "float32");
            var shares = processes.ToDictionary(process => process.Name, process => Share(process.Ask(request)));
            // The idle threads of a peer spin for a while after a call, and would take a core from us.
            if (threads > 1) Thread.Sleep(SettleMilliseconds);
            var ours = Serve.Answer(engine, request);
            var record = @case["reference"]?[$"{element}/{threads}t"];
            rows.Add(new Row(
                @case["name"]!.GetValue<string>(), @case["family"]!.GetValue<string>(), ours["s"]!.GetValue<double>(), Share(ours),
                record?["best_eff"]?.GetValue<double>() ?? double.NaN, record?["best_peer"]?.GetValue<string>() ?? "", shares));

            double Share(JsonObject answer) => answer["s"] is { } seconds ? limit / seconds.GetValue<double>() : double.NaN;
        }
        processes.ForEach(process => process.Dispose());
        return rows;
    }

    static void Print(string element, int threads, string[] peers, List<Row> rows)
    {
        Console.WriteLine($"### {element}, {threads} thread{(threads == 1 ? "" : "s")}");
        Console.WriteLine();
        Console.WriteLine($"| family | cases | ours | {string.Join(" | ", peers)} | best on record | below 0.9 of it |");
        Console.WriteLine($"|---|---|---|{string.Concat(peers.Select(_ => "---|"))}---|---|");
        foreach (var family in rows.GroupBy(row => row.Family))
        {
            var others = string.Join(" | ", peers.Select(peer => Mean(family.Select(row => row.PeerShares[peer]))));
            Console.WriteLine($"| {family.Key} | {family.Count()} | {Mean(family.Select(row => row.Share))} | {others} | {Mean(family.Select(row => row.BestOnRecord))} | {family.Count(row => row.Share < 0.9 * row.BestOnRecord)} |");
        }
        Console.WriteLine();
        Console.WriteLine($"| case | microseconds | ours | {string.Join(" | ", peers)} | best on record |");
        Console.WriteLine($"|---|---|---|{string.Concat(peers.Select(_ => "---|"))}---|");
        foreach (var row in rows)
        {
            var others = string.Join(" | ", peers.Select(peer => Number(row.PeerShares[peer])));
            Console.WriteLine($"| {row.Name} | {(row.Seconds * 1e6).ToString("0.00", CultureInfo.InvariantCulture)} | {Number(row.Share)} | {others} | {Number(row.BestOnRecord)} {row.BestPeer} |");
        }
        Console.WriteLine();
    }

    /// <summary>The geometric mean of what was measured.</summary>
    static string Mean(IEnumerable<double> shares)
    {
        var known = shares.Where(share => !double.IsNaN(share)).ToList();
        return known.Count == 0 ? "" : Number(Math.Exp(known.Average(Math.Log)));
    }

    static string Number(double share) => double.IsNaN(share) ? "" : share.ToString(share < 0.01 ? "0.0000" : "0.00", CultureInfo.InvariantCulture);
}
