using System.Text.Json.Nodes;
using EinsumNet.Backends.Gpu;
using EinsumNet.Functions;

namespace EinsumNet.Benchmarks;

/// <summary>A traced function of floats to measure on a device, operands and result resident there, beside the same function in doubles on the host.</summary>
/// <param name="Name">What it stands for.</param>
/// <param name="Peer">What the peers call it.</param>
/// <param name="Function">The function.</param>
/// <param name="Shapes">Of its operands.</param>
/// <param name="Result">The result's shape.</param>
/// <param name="Flops">Operations of its products; 0 where the copy rate limits it.</param>
sealed record GpuFunctionCase(string Name, string Peer, TensorFunction Function, Shape[] Shapes, Shape Result, double Flops)
{
    /// <summary>Of the largest element of the result.</summary>
    const double Bound = 1e-4;

    internal static IEnumerable<GpuFunctionCase> All(bool isSmall)
    {
        foreach (var (name, lines, length) in isSmall ? [("few running sums", 4, 5000), ("running sums", 200, 100)] : new[] { ("few running sums", 16, 1 << 20), ("running sums", 8192, 2048) })
            yield return new(name, "cumsum", Fn.Jit(x => x.CumSum(1)), [[lines, length]], [lines, length], 0);
        var (heads, n, d) = isSmall ? (2, 64, 16) : (16, 1024, 64);
        yield return new(
            "attention", "attention", Fn.Vmap((q, k, v) => Softmax(q.MatMul(k.Transpose()) / Math.Sqrt(d)).MatMul(v)),
            [[heads, n, d], [heads, n, d], [heads, n, d]], [heads, n, d], 4.0 * heads * n * n * d);
        var (rows, width, hidden) = isSmall ? (32, 48, 64) : (1024, 1024, 4096);
        yield return new(
            "layers", "layers", Fn.JitAll(x => [Fn.Max(x[0].MatMul(x[1]) + x[2], 0).MatMul(x[3]) + x[4]]),
            [[rows, width], [width, hidden], [hidden], [hidden, width], [width]], [rows, width], 4.0 * rows * width * hidden);
    }

    static TensorExpr Softmax(TensorExpr x)
    {
        var powers = (x - x.Max(-1).ExpandDims(-1)).Exp();
        return powers / powers.Sum(-1).ExpandDims(-1);
    }

    /// <summary>Prints a line; false where the result is wrong.</summary>
    internal bool Run(GpuDevice device, GpuPeers peers, double copyRate, double? matrixRate)
    {
        using var backend = new GpuBackend(device, new GpuOptions { UseVendorLibrary = false });
        var (random, function) = (new Random(4), Function.On(new EinsumEngine(new EinsumOptions { Backend = backend })));
        var data = Shapes.Select(shape => Enumerable.Range(0, (int)shape.ElementCount!).Select(_ => random.NextSingle() * 2 - 1).ToArray()).ToArray();
        var tensors = data.Select((values, i) => backend.ToDevice(new Operand<float>(values, Shapes[i]))).ToArray();
        using var result = backend.Empty<float>(Result);
        Operand<float>[] operands = [.. tensors];
        function.InvokeInto(result, operands);
        var error = Error(data, result.ToHost().ToArray());
        var seconds = GpuBenchmark.Seconds(backend, () => function.InvokeInto(result, operands));
        foreach (var tensor in tensors) tensor.Dispose();

        var bytes = sizeof(float) * Shapes.Append(Result).Sum(shape => (double)shape.ElementCount!);
        var line = new JsonObject
        {
            ["case"] = Name,
            ["sizes"] = string.Join(' ', Shapes),
            ["type"] = "float",
            ["seconds"] = GpuBenchmark.Round(seconds),
            ["gflop_per_s"] = GpuBenchmark.Round(Flops / seconds / 1e9),
            ["gb_per_s"] = GpuBenchmark.Round(bytes / seconds / 1e9),
            ["share_of_copy"] = GpuBenchmark.Round(bytes / seconds / copyRate),
            ["error"] = GpuBenchmark.Round(error),
            ["correct"] = error <= Bound,
        };
        if (Flops > 0 && matrixRate is { } rate) line["share_of_fastest_product"] = GpuBenchmark.Round(Flops / seconds / rate);
        foreach (var other in peers.MeasureFunction(Peer, Shapes)) line[other.Peer] = other.Beside(seconds);
        GpuBenchmark.Print(line);
        return error <= Bound;
    }

    double Error(float[][] data, float[] result)
    {
        var expected = Function.Eval<double>([.. data.Select((values, i) => new Operand<double>(values.Select(value => (double)value).ToArray(), Shapes[i]))]).ToArray();
        return result.Zip(expected, (actual, exact) => Math.Abs(actual - exact)).Max() / expected.Max(Math.Abs);
    }
}
