using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace EinsumNet.Benchmarks;

/// <summary>Another library in a process of its own, asked over the line protocol that <see cref="Serve"/> speaks too.</summary>
sealed class PeerProcess : IDisposable
{
    readonly Process _process;

    /// <param name="name">The library.</param>
    /// <param name="threads">How many threads it may take.</param>
    /// <param name="python">The interpreter.</param>
    /// <param name="program">A script's path, or <c>-c</c> and its text.</param>
    internal PeerProcess(string name, int threads, string python, params string[] program) : this(name, threads, [], python, program) { }

    /// <param name="name">The library.</param>
    /// <param name="threads">How many threads it may take.</param>
    /// <param name="environment">Variables of its own.</param>
    /// <param name="python">The interpreter.</param>
    /// <param name="program">A script's path, or <c>-c</c> and its text.</param>
    internal PeerProcess(string name, int threads, (string Name, string Value)[] environment, string python, params string[] program)
    {
        Name = name;
        var start = new ProcessStartInfo(python, [.. program, "--worker", name]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var library in (string[])["OMP", "OPENBLAS", "BLIS", "MKL"])
            start.Environment[$"{library}_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        OpenBlas.SetAtItsBest(start.Environment);
        foreach (var (variable, value) in environment) start.Environment[variable] = value;
        _process = Process.Start(start)!;
    }

    internal string Name { get; }

    /// <summary>The answer; an object with <c>error</c> where the library cannot run the case.</summary>
    internal JsonObject Ask(JsonNode request)
    {
        var line = TryWrite(request.ToJsonString()) ? _process.StandardOutput.ReadLine() : null;
        if (line is not null) return JsonNode.Parse(line)!.AsObject();
        return new JsonObject { ["error"] = _process.WaitForExit(1000) ? $"the process ended with {_process.ExitCode}" : "the process does not answer" };
    }

    /// <summary>False where the process has ended.</summary>
    bool TryWrite(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _ = TryWrite("""{"quit": 1}""");
        if (!_process.WaitForExit(10_000)) _process.Kill();
        _process.Dispose();
    }
}
