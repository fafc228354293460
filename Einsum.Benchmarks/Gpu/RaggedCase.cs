using System.Text.Json.Nodes;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Benchmarks;

/// <summary>A hundred products of one size, or of mixed ones, to results on the host: from operands on the device, and from operands on the host.</summary>
sealed class RaggedCase(GpuDevice device, GpuPeers peers, bool isSmall, bool isMixed)
{
    const double Bound = 1e-6;

    internal bool Run()
    {
        using var backend = new GpuBackend(device, new GpuOptions { UseVendorLibrary = false });
        var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
        var (random, most) = (new Random(3), isSmall ? 60 : 1000);
        var sizes = Enumerable.Range(0, 100).Select(_ => isMixed ? random.Next(1, most + 1) : most).ToArray();
        var (left, right) = (Lists(), Lists());
        var (lefts, rights) = (left.Select(backend.ToDevice).ToArray(), right.Select(backend.ToDevice).ToArray());
        Operand<float>[] residentLeft = [.. lefts.Select(tensor => (Operand<float>)tensor)], residentRight = [.. rights.Select(tensor => (Operand<float>)tensor)];
        var worst = Math.Max(Error(engine.EvalMany("ij,jk->ik", left, right)), Error(engine.EvalMany("ij,jk->ik", residentLeft, residentRight)));
        var seconds = GpuBenchmark.Seconds(backend, () => engine.EvalMany("ij,jk->ik", residentLeft, residentRight));
        var withCopies = GpuBenchmark.Seconds(backend, () => engine.EvalMany("ij,jk->ik", left, right));
        foreach (var tensor in lefts.Concat(rights)) tensor.Dispose();
        var flops = sizes.Sum(size => 2.0 * size * size * size);
        var line = new JsonObject
        {
            ["case"] = isMixed ? "ragged, mixed" : "ragged",
            ["equation"] = "ij,jk->ik",
            ["sizes"] = $"100 members, {(isMixed ? "1 to " : "")}{most}",
            ["type"] = "float",
            ["seconds"] = GpuBenchmark.Round(seconds),
            ["seconds_with_copies"] = GpuBenchmark.Round(withCopies),
            ["gflop_per_s"] = GpuBenchmark.Round(flops / seconds / 1e9),
            ["error"] = GpuBenchmark.Round(worst),
            ["correct"] = worst < Bound,
        };
        foreach (var (peer, time) in peers.MeasureList(sizes))
            line[peer] = time is { } other ? new JsonObject { ["seconds"] = GpuBenchmark.Round(other), ["ours_is_faster_by"] = GpuBenchmark.Round(other / seconds) } : null;
        GpuBenchmark.Print(line);
        return worst < Bound;

        Operand<float>[] Lists() => [.. sizes.Select(size => new Operand<float>(Enumerable.Range(0, size * size).Select(_ => random.NextSingle() * 2 - 1).ToArray(), [size, size]))];

        double Error(System.Numerics.Tensors.Tensor<float>[] results)
        {
            var (host, error) = (new EinsumEngine(new EinsumOptions()), 0.0);
            for (var i = 0; i < sizes.Length; i += 33)
            {
                var (actual, expected) = (results[i].ToArray(), host.Eval<float>("ij,jk->ik", left[i], right[i]).ToArray());
                for (var j = 0; j < actual.Length; j++) error = Math.Max(error, Math.Abs(actual[j] - (double)expected[j]) / sizes[i]);
            }
            return error;
        }
    }
}
