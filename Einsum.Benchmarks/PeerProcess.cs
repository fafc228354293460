using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace EinsumNet.Benchmarks;

/// <summary>Another library in a process of its own, asked over the line protocol that <see cref="Serve"/> speaks too.</summary>
sealed class PeerProcess : IDisposable
{
    readonly Process _process;

    internal PeerProcess(string name, int threads, string python, string script)
    {
        Name = name;
        var start = new ProcessStartInfo(python, [script, "--worker", name]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var library in (string[])["OMP", "OPENBLAS", "BLIS", "MKL"])
            start.Environment[$"{library}_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        // A core type or cache size set for the whole machine would hold its BLAS back; libraries find out for themselves.
        foreach (var variable in (string[])["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"]) start.Environment.Remove(variable);
        _process = Process.Start(start)!;
    }

    internal string Name { get; }

    /// <summary>The answer; an object with <c>error</c> where the library cannot run the case.</summary>
    internal JsonObject Ask(JsonNode request)
    {
        _process.StandardInput.WriteLine(request.ToJsonString());
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine() is { } line ? JsonNode.Parse(line)!.AsObject() : new JsonObject { ["error"] = "the process ended" };
    }

    public void Dispose()
    {
        _process.StandardInput.WriteLine("""{"quit": 1}""");
        _process.StandardInput.Close();
        if (!_process.WaitForExit(10_000)) _process.Kill();
        _process.Dispose();
    }
}
