using System.Text.Json.Nodes;

namespace EinsumNet.Benchmarks;

/// <summary>PyTorch and JAX on the same CUDA device, where they are installed; otherwise the reason why they are left out. PyTorch's products are cuBLAS's.</summary>
sealed class GpuPeers : IDisposable
{
    static readonly string[] s_names = ["torch", "jax"];

    readonly List<PeerProcess> _processes = [];

    /// <param name="python">The interpreter; null for no peers.</param>
    /// <param name="isCuda">Whether the device is one of CUDA.</param>
    internal GpuPeers(string? python, bool isCuda)
    {
        foreach (var name in s_names)
        {
            if (!isCuda || python is null)
            {
                Missing.Add($"{name}: {(python is null ? "not asked for" : "the device is no CUDA device")}");
                continue;
            }
            try
            {
                var process = new PeerProcess(name, 1, python, Path.Combine(AppContext.BaseDirectory, "Peers", "gpu_peers.py"));
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

    /// <summary>Each peer's seconds; null where it cannot run the case.</summary>
    internal IEnumerable<(string Peer, double? Seconds)> Measure(GpuCase one, string type)
    {
        foreach (var process in _processes)
        {
            var shapes = new JsonArray([.. one.Terms.Select(term => (JsonNode)new JsonArray([.. one.Shape(term).Select(size => (JsonNode)(long)size)]))]);
            var answer = process.Ask(new JsonObject { ["equation"] = one.Equation, ["shapes"] = shapes, ["type"] = type, ["precision"] = one.Precision.ToString() });
            yield return (process.Name, answer["s"]?.GetValue<double>());
        }
    }

    /// <summary>Each peer's ways to multiply a list of pairs of square matrices on the device, to results on the host; null where it cannot.</summary>
    internal IEnumerable<(string Peer, double? Seconds)> MeasureList(int[] sizes)
    {
        foreach (var process in _processes)
            foreach (var how in sizes.Distinct().Count() == 1 ? new[] { "loop", "batch" } : ["loop"])
            {
                var answer = process.Ask(new JsonObject { ["list"] = new JsonArray([.. sizes.Select(size => (JsonNode)size)]), ["how"] = how });
                yield return ($"{process.Name} {how}", answer["s"]?.GetValue<double>());
            }
    }

    public void Dispose()
    {
        foreach (var process in _processes) process.Dispose();
    }
}
