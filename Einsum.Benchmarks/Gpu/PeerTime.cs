using System.Text.Json.Nodes;

namespace EinsumNet.Benchmarks;

/// <summary>What another library took for a case, in seconds, or why it did not run it.</summary>
sealed record PeerTime(string Peer, double? Seconds, string? Why = null)
{
    internal static PeerTime Of(string peer, JsonObject answer) => new(peer, answer["s"]?.GetValue<double>(), answer["error"]?.GetValue<string>());

    /// <summary>Its entry in a line of the output, beside our seconds.</summary>
    internal JsonObject Beside(double ours) => Seconds is { } other
        ? new JsonObject { ["seconds"] = GpuBenchmark.Round(other), ["ours_is_faster_by"] = GpuBenchmark.Round(other / ours) }
        : new JsonObject { ["missing"] = Why };
}
