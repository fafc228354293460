using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Benchmarks;

/// <summary>
/// <c>gpu</c>: products, lists of products, reductions, transposes, fused chains and traced functions on a device, everything resident there, each checked and printed as a
/// line of JSON: seconds, share of the device's measured copy rate or of its fastest product, and cuBLAS, PyTorch and JAX in the same run. Ours never is cuBLAS.
/// </summary>
sealed class GpuBenchmark : IDisposable
{
    const double SampleSeconds = 0.2;

    const int Samples = 5;

    static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly GpuDevice _device;
    readonly GpuPeers _peers;
    readonly bool _isSmall;
    readonly Dictionary<(string Type, MatrixPrecision Precision), double> _matrixRates = [];
    double _copyRate;

    GpuBenchmark(GpuDevice device, bool isSmall, string? python)
    {
        (_device, _isSmall) = (device, isSmall);
        _peers = new GpuPeers(python, device.Ordinal, Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES"));
    }

    internal static int Run(string[] arguments)
    {
        var python = Value("--python") ?? "python3";
        foreach (var missing in GpuDevice.Missing) Console.Error.WriteLine(missing);
        var device = GpuDevice.All.ElementAtOrDefault(int.Parse(Value("--device") ?? "0", CultureInfo.InvariantCulture));
        if (device is null) return 1;
        using var benchmark = new GpuBenchmark(device, arguments.Contains("--small") || device.IsProcessor, arguments.Contains("--alone") ? null : python);
        var result = benchmark.Run(Value("--only"));
        if (device.Runtime == "CUDA" && !arguments.Contains("--alone")) result |= Sanitizer.Run(arguments);
        return result;

        string? Value(string name) => Array.IndexOf(arguments, name) is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : null;
    }

    int Run(string? only)
    {
        _copyRate = CopyRate();
        Print(new JsonObject
        {
            ["device"] = _device.Name,
            ["runtime"] = _device.Runtime,
            ["units"] = _device.ComputeUnits,
            ["sm"] = _device.Limits.Sm,
            ["copy_gb_per_s"] = Round(_copyRate / 1e9),
            ["peers_missing"] = new JsonArray([.. _peers.Missing.Select(why => (JsonNode)why)]),
        });
        var isGood = true;
        // Without tensor cores of its kind a device runs the same kernels whatever the precision.
        var rounds = _device is { Runtime: "CUDA", Limits.Sm: >= 80 };
        foreach (var one in GpuCase.All(_isSmall).Where(one => (rounds || one.Precision == MatrixPrecision.Full) && (only is null || one.Name.Contains(only, StringComparison.Ordinal))))
        {
            if (one.Has("float")) isGood &= Measure<float>(one, "float", x => (float)x.Real, x => x, one.Precision switch { MatrixPrecision.Full => 1e-6, MatrixPrecision.Tf32 => 1e-3, _ => 1e-2 });
            if (one.Has("Half")) isGood &= Measure<Half>(one, "Half", x => (Half)x.Real, x => (double)x, 2e-3);
            if (one.Has("double") && _device.HasDouble) isGood &= Measure<double>(one, "double", x => x.Real, x => x, 1e-14);
            if (one.Has("int")) isGood &= Measure<int>(one, "int", x => (int)(100 * x.Real), x => x, 0);
            if (one.Has("Complex") && _device.HasDouble) isGood &= Measure<Complex>(one, "Complex", x => x, x => x, 1e-14);
        }
        foreach (var one in GpuFunctionCase.All(_isSmall).Where(one => only is null || one.Name.Contains(only, StringComparison.Ordinal)))
            isGood &= one.Run(_device, _peers, _copyRate, MatrixRate("float"));
        if (only is null || "ragged".Contains(only, StringComparison.Ordinal))
            foreach (var mixed in new[] { false, true })
            {
                isGood &= new RaggedCase<float>(_device, _peers, _isSmall, mixed, "float", 1e-6, MatrixRate("float")).Run();
                isGood &= new RaggedCase<Half>(_device, _peers, _isSmall, mixed, "Half", 1e-3, MatrixRate("Half")).Run();
            }
        return isGood ? 0 : 1;

        double? MatrixRate(string type) => _matrixRates.TryGetValue((type, MatrixPrecision.Full), out var rate) ? rate : null;
    }

    /// <summary>Bytes read and written per second by the device's own copy.</summary>
    double CopyRate()
    {
        using var backend = new GpuBackend(_device);
        var count = (int)Math.Min((_isSmall ? 16 : 512) << 20, _device.MemoryBytes / 8);
        using var from = backend.Empty<byte>([count]);
        using var to = backend.Empty<byte>([count]);
        return 2.0 * count / Seconds(backend, () => backend.Session.Runtime.Copy(from.NativeHandle, 0, to.NativeHandle, 0, count));
    }

    bool Measure<T>(GpuCase one, string type, Func<Complex, T> narrow, Func<T, Complex> widen, double bound) where T : unmanaged
    {
        using var backend = new GpuBackend(_device, new GpuOptions { Precision = one.Precision, UseVendorLibrary = false });
        var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
        var random = new Random(2);
        var data = one.Terms.Select(term => Enumerable.Range(0, (int)one.Length(term)).Select(_ => narrow(new Complex(random.NextDouble() * 2 - 1, random.NextDouble() * 2 - 1))).ToArray()).ToArray();
        var tensors = data.Select((values, i) => backend.ToDevice(new Operand<T>(values, [.. one.Shape(one.Terms[i])]))).ToArray();
        using var result = backend.Empty<T>([.. one.Shape(one.Output)]);
        var operands = tensors.Select(tensor => (Operand<T>)tensor).ToArray();
        engine.EvalInto(one.Equation, result, operands);
        Complex[][] wide = [.. data.Select(values => values.Select(widen).ToArray())];
        var error = Error();
        var seconds = Seconds(backend, () => engine.EvalInto(one.Equation, result, operands));
        // What is there from our product is no proof of the library's.
        result.CopyFrom(new Operand<T>(new T[one.Length(one.Output)], [.. one.Shape(one.Output)]));
        backend.Synchronize();
        var library = Library(one, result, operands, tensors);
        var libraryError = library is null ? 0 : Error();
        foreach (var tensor in tensors) tensor.Dispose();

        var bytes = one.Elements * System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
        var line = new JsonObject
        {
            ["case"] = one.Name,
            ["equation"] = one.Equation,
            ["sizes"] = string.Join(' ', one.Sizes.Select(size => $"{size.Key}{size.Value}")),
            ["type"] = type,
            ["precision"] = one.Precision.ToString(),
            ["seconds"] = Round(seconds),
            ["gflop_per_s"] = Round(one.Flops / seconds / 1e9),
            ["gb_per_s"] = Round(bytes / seconds / 1e9),
            ["share_of_copy"] = Round(bytes / seconds / _copyRate),
            ["error"] = Round(error),
            ["correct"] = error <= bound,
        };
        var others = _peers.Measure(one, type).ToList();
        if (library is not null) others.Insert(0, new PeerTime("cublas", library));
        foreach (var other in others) line[other.Peer] = other.Beside(seconds);
        if (library is not null) (line["cublas"]!["error"], line["cublas"]!["correct"]) = (Round(libraryError), libraryError <= bound);
        if (one.IsProduct)
        {
            // The largest products come first, so that what they reach is known to the others.
            var best = others.Select(other => other.Seconds ?? seconds).Append(seconds).Min();
            _matrixRates[(type, one.Precision)] = Math.Max(_matrixRates.GetValueOrDefault((type, one.Precision)), one.Flops / best);
            line["share_of_fastest_product"] = Round(one.Flops / seconds / _matrixRates[(type, one.Precision)]);
        }
        Print(line);
        return error <= bound && libraryError <= bound;

        double Error() => SampledCheck.WorstError(one, wide, result.ToHost().ToArray().AsSpan(), widen);
    }

    /// <summary>The same by cuBLAS, where it is installed and has it.</summary>
    double? Library<T>(GpuCase one, DeviceTensor<T> result, Operand<T>[] operands, DeviceTensor<T>[] tensors) where T : unmanaged
    {
        if (_device.Runtime != "CUDA") return null;
        using var backend = new GpuBackend(_device, new GpuOptions { Precision = one.Precision });
        var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
        if (!engine.Plan<T>(one.Equation, [.. operands.Select(operand => operand.Shape)]).Steps.Any(step => step.Kernel.EndsWith("cublas", StringComparison.Ordinal))) return null;
        var adopted = tensors.Select(tensor => backend.Adopt<T>(tensor.NativeHandle, tensor.Shape)).ToArray();
        using var to = backend.Adopt<T>(result.NativeHandle, result.Shape);
        var given = adopted.Select(tensor => (Operand<T>)tensor).ToArray();
        var seconds = Seconds(backend, () => engine.EvalInto(one.Equation, to, given));
        foreach (var tensor in adopted) tensor.Dispose();
        return seconds;
    }

    /// <summary>The median seconds of one of many calls that are enqueued together.</summary>
    internal static double Seconds(GpuBackend backend, Action action)
    {
        action();
        backend.Synchronize();
        var once = Time(1);
        var calls = (int)Math.Clamp(SampleSeconds / Samples / once, 1, 1000);
        var times = Enumerable.Range(0, Samples).Select(_ => Time(calls)).Order().ToArray();
        return times[Samples / 2];

        double Time(int count)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < count; i++) action();
            backend.Synchronize();
            return Stopwatch.GetElapsedTime(start).TotalSeconds / count;
        }
    }

    internal static double Round(double value) => double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    internal static void Print(JsonObject line) => Console.WriteLine(line.ToJsonString(s_json));

    public void Dispose() => _peers.Dispose();
}
