using System.Numerics;
using System.Text.Json.Nodes;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Benchmarks;

/// <summary>A hundred products of one size, or of mixed ones, to results on the device from operands there, and to results on the host from operands on the device and on the host.</summary>
/// <param name="device">The device.</param>
/// <param name="peers">Who is asked for the same.</param>
/// <param name="isSmall">Whether the matrices are small.</param>
/// <param name="isMixed">Whether the sizes differ.</param>
/// <param name="type">The name of T.</param>
/// <param name="bound">The largest error of an element, as a share of the sum of its products' magnitudes.</param>
/// <param name="matrixRate">Operations a second of the fastest product of this type in the run; null where none was measured.</param>
sealed class RaggedCase<T>(GpuDevice device, GpuPeers peers, bool isSmall, bool isMixed, string type, double bound, double? matrixRate) where T : unmanaged, INumber<T>
{
    /// <summary>One member of so many is checked.</summary>
    const int CheckedEach = 33;

    internal bool Run()
    {
        using var backend = new GpuBackend(device, new GpuOptions { UseVendorLibrary = false });
        var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
        var (random, most) = (new Random(3), isSmall ? 60 : 1000);
        var sizes = Enumerable.Range(0, 100).Select(_ => isMixed ? random.Next(1, most + 1) : most).ToArray();
        T[][] leftData = Data(), rightData = Data();
        Operand<T>[] left = Lists(leftData), right = Lists(rightData);
        var (lefts, rights) = (left.Select(backend.ToDevice).ToArray(), right.Select(backend.ToDevice).ToArray());
        Operand<T>[] residentLeft = [.. lefts], residentRight = [.. rights];
        var batch = engine.CompileMany<T>("ij,jk->ik", [.. left.Select(operand => operand.Shape)], [.. right.Select(operand => operand.Shape)]);
        var results = batch.InvokeResident(residentLeft, residentRight);
        var worst = new[] { engine.EvalMany("ij,jk->ik", left, right), engine.EvalMany("ij,jk->ik", residentLeft, residentRight), Array.ConvertAll(results, result => result.ToHost()) }.Max(Error);
        var seconds = GpuBenchmark.Seconds(backend, () => batch.InvokeInto(results, residentLeft, residentRight));
        var toHost = GpuBenchmark.Seconds(backend, () => engine.EvalMany("ij,jk->ik", residentLeft, residentRight));
        var withCopies = GpuBenchmark.Seconds(backend, () => engine.EvalMany("ij,jk->ik", left, right));
        foreach (var tensor in lefts.Concat(rights).Concat(results)) tensor.Dispose();
        var flops = sizes.Sum(size => 2.0 * size * size * size);
        var line = new JsonObject
        {
            ["case"] = isMixed ? "ragged, mixed" : "ragged",
            ["equation"] = "ij,jk->ik",
            ["sizes"] = $"100 members, {(isMixed ? "1 to " : "")}{most}",
            ["type"] = type,
            ["seconds"] = GpuBenchmark.Round(seconds),
            ["seconds_to_host"] = GpuBenchmark.Round(toHost),
            ["seconds_with_copies"] = GpuBenchmark.Round(withCopies),
            ["gflop_per_s"] = GpuBenchmark.Round(flops / seconds / 1e9),
            ["error"] = GpuBenchmark.Round(worst),
            ["correct"] = worst <= bound,
        };
        if (matrixRate is { } rate) line["share_of_fastest_product"] = GpuBenchmark.Round(flops / seconds / rate);
        foreach (var other in peers.MeasureList(sizes, type, toHost: false)) line[other.Peer] = other.Beside(seconds);
        foreach (var other in peers.MeasureList(sizes, type, toHost: true)) line[other.Peer] = other.Beside(toHost);
        GpuBenchmark.Print(line);
        return worst <= bound;

        T[][] Data() => [.. sizes.Select(size => Enumerable.Range(0, size * size).Select(_ => T.CreateChecked(random.NextSingle() * 2 - 1)).ToArray())];

        Operand<T>[] Lists(T[][] data) => [.. data.Select((values, i) => new Operand<T>(values, [sizes[i], sizes[i]]))];

        double Error(System.Numerics.Tensors.Tensor<T>[] results)
        {
            var worst = 0.0;
            for (var i = 0; i < sizes.Length; i += CheckedEach)
            {
                var (actual, expected, magnitudes) = (results[i].ToArray(), Product(i, x => x), Product(i, Math.Abs));
                for (var j = 0; j < actual.Length; j++) worst = Math.Max(worst, Math.Abs(double.CreateChecked(actual[j]) - expected[j]) / magnitudes[j]);
            }
            return worst;
        }

        double[] Product(int i, Func<double, double> map)
        {
            return Einsum.Eval<double>("ij,jk->ik", Mapped(leftData[i]), Mapped(rightData[i])).ToArray();

            Operand<double> Mapped(T[] values) => new(values.Select(value => map(double.CreateChecked(value))).ToArray(), [sizes[i], sizes[i]]);
        }
    }
}
