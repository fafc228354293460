using System.Globalization;
using System.Text.Json.Nodes;

namespace EinsumNet.Benchmarks;

/// <summary>PyTorch and JAX on the same CUDA device, where they are installed; otherwise the reason why they are left out. PyTorch's products are cuBLAS's.</summary>
sealed class GpuPeers : IDisposable
{
    static readonly string[] s_names = ["torch", "jax"];

    readonly List<PeerProcess> _processes = [];

    /// <param name="python">The interpreter; null for no peers.</param>
    /// <param name="ordinal">CUDA's number of the device, the only one that the peers see; null of a device of another runtime.</param>
    /// <param name="visible">The devices that CUDA shows to this process, where it does not show all.</param>
    internal GpuPeers(string? python, int? ordinal, string? visible)
    {
        foreach (var name in s_names)
        {
            if (ordinal is not { } device || python is null)
            {
                Missing.Add($"{name}: {(python is null ? "not asked for" : "the device is no CUDA device")}");
                continue;
            }
            try
            {
                var process = new PeerProcess(name, 1, [("CUDA_VISIBLE_DEVICES", visible?.Split(',').ElementAtOrDefault(device) ?? device.ToString(CultureInfo.InvariantCulture))], python, "-c", Script());
                if (process.Ask(new JsonObject { ["hello"] = 1 })["error"] is { } error)
                {
                    Missing.Add($"{name}: {error}");
                    process.Dispose();
                }
                else
                {
                    _processes.Add(process);
                }
            }
            catch (System.ComponentModel.Win32Exception error)
            {
                Missing.Add($"{name}: {error.Message}");
            }
        }
    }

    /// <summary>Who is left out, and why.</summary>
    internal List<string> Missing { get; } = [];

    /// <summary>What each peer takes for an equation; JAX for a batch of products also by <c>vmap(matmul)</c>.</summary>
    internal IEnumerable<PeerTime> Measure(GpuCase one, string type)
    {
        foreach (var process in _processes)
        {
            yield return Ask(process.Name, "einsum");
            if (process.Name == "jax" && one.Equation == GpuCase.Batched) yield return Ask("jax vmap", "vmap");

            PeerTime Ask(string peer, string how) => PeerTime.Of(peer, process.Ask(new JsonObject
            {
                ["equation"] = one.Equation,
                ["shapes"] = Shapes(one.Terms.Select<string, Shape>(term => [.. one.Shape(term)])),
                ["type"] = type,
                ["precision"] = one.Precision.ToString(),
                ["how"] = how,
            }));
        }
    }

    /// <summary>What each peer takes for a function of floats.</summary>
    internal IEnumerable<PeerTime> MeasureFunction(string function, IEnumerable<Shape> shapes) =>
        _processes.Select(process => PeerTime.Of(process.Name, process.Ask(new JsonObject { ["function"] = function, ["shapes"] = Shapes(shapes) })));

    /// <summary>What each peer takes to multiply a list of pairs of square matrices on the device, to results there or on the host, one after the other, and where the sizes agree as a batch.</summary>
    internal IEnumerable<PeerTime> MeasureList(int[] sizes, string type, bool toHost)
    {
        foreach (var process in _processes)
            foreach (var how in sizes.Distinct().Count() == 1 ? new[] { "loop", "batch" } : ["loop"])
                yield return PeerTime.Of($"{process.Name} {how}{(toHost ? ", to host" : "")}", process.Ask(new JsonObject
                {
                    ["list"] = new JsonArray([.. sizes.Select(size => (JsonNode)size)]),
                    ["how"] = how,
                    ["type"] = type,
                    ["to"] = toHost ? "host" : "device",
                }));
    }

    static JsonArray Shapes(IEnumerable<Shape> shapes) => new([.. shapes.Select(shape => (JsonNode)new JsonArray([.. shape.AsSpan().ToArray().Select(size => (JsonNode)size)]))]);

    static string Script()
    {
        using var text = new StreamReader(typeof(GpuPeers).Assembly.GetManifestResourceStream("gpu_peers.py")!);
        return text.ReadToEnd();
    }

    public void Dispose()
    {
        foreach (var process in _processes) process.Dispose();
    }
}
