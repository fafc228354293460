using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EinsumNet.Benchmarks;

/// <summary>Lists beside loops over the same pairs in NumPy and PyTorch, and beside our own single products, in turns.</summary>
static class ListsBesideLoops
{
    const int Rounds = 5, Samples = 3, SettleMilliseconds = 200;
    const double SampleSeconds = 0.03;

    static readonly string[] s_peers = ["numpy_native", "torch_native", "numpy", "torch"];

    internal static void Print(TextWriter output, int threads, string python, Regex only)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Peers");
        var cases = File.ReadLines(Path.Combine(folder, "cases", "ragged.jsonl")).Select(line => JsonNode.Parse(line)!).ToList();
        cases.Add(Cubes(1000, 2, 64));
        output.WriteLine($"Lists, {threads} threads; milliseconds, medians of {Rounds} turns. Bound: the members one by one with InvokeInto on one thread, over {threads}.");
        output.WriteLine();
        output.WriteLine($"| list | InvokeInto | EvalMany | {string.Join(" | ", s_peers)} | over the better loop | bound | share of it |");
        output.WriteLine($"|---|---|---|{string.Concat(s_peers.Select(_ => "---|"))}---|---|---|");
        var peers = s_peers.Select(peer => new PeerProcess(peer, threads, python, Path.Combine(folder, "peers.py"))).ToList();
        foreach (var @case in cases.Where(@case => only.IsMatch(@case["name"]!.GetValue<string>())))
        {
            Print<float>(output, @case, "float32", threads, peers);
            Print<double>(output, @case, "float64", threads, peers);
        }
        peers.ForEach(peer => peer.Dispose());
        output.WriteLine();
    }

    /// <summary>Squares of sizes from least to most.</summary>
    static JsonNode Cubes(int count, int least, int most)
    {
        var random = new Random(12345);
        var @case = RaggedList<float>.Case([.. Enumerable.Range(0, count).Select(_ => random.Next(least, most + 1)).Select(size => (size, size, size))]);
        @case["name"] = $"ragged/tiny{least}..{most}_N{count}";
        return @case;
    }

    static void Print<T>(TextWriter output, JsonNode @case, string element, int threads, List<PeerProcess> peers) where T : unmanaged, INumber<T>
    {
        var engine = new EinsumEngine(new EinsumOptions { MaxThreads = threads });
        var pairs = new RaggedList<T>(RaggedList<T>.SizesOf(@case));
        var batch = RaggedList<T>.Compile(engine, pairs.Sizes);
        var results = batch.Invoke(pairs.Left, pairs.Right);
        var request = new JsonObject { ["case"] = @case.DeepClone(), ["dtype"] = element, ["samples"] = Samples, ["min_time"] = SampleSeconds, ["max_time"] = SampleSeconds };
        var singles = new SingleProducts<T>(pairs);
        Action[] ours = [() => batch.InvokeInto(results, pairs.Left, pairs.Right), () => engine.EvalMany(RaggedList<T>.Equation, pairs.Left, pairs.Right), singles.Run];
        var times = Enumerable.Range(0, ours.Length + peers.Count).Select(_ => new List<double>()).ToArray();
        foreach (var action in ours) Timing.WarmUp(action);
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < ours.Length; i++) times[i].Add(Timing.Sample(ours[i], SampleSeconds));
            for (var i = 0; i < peers.Count; i++)
            {
                times[ours.Length + i].Add(peers[i].Ask(request)["s"]!.GetValue<double>());
                // The idle threads of a peer spin for a while after a call, and would take a core from the next.
                Thread.Sleep(SettleMilliseconds);
            }
        }
        var medians = times.Select(list => Timing.Median(list)).ToArray();
        var (best, bound) = (medians[ours.Length..].Min(), medians[2] / threads);
        output.WriteLine($"| {@case["name"]} {element} | {Milli(medians[0])} | {Milli(medians[1])} | {string.Join(" | ", medians[ours.Length..].Select(Milli))} | {Ratio(best / medians[0])} | {Milli(bound)} | {Ratio(bound / medians[0])} |");
    }

    static string Milli(double seconds) => (seconds * 1e3).ToString("0.000", CultureInfo.InvariantCulture);

    static string Ratio(double ratio) => ratio.ToString("0.00", CultureInfo.InvariantCulture);
}
