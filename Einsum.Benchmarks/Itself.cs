using System.Diagnostics;

namespace EinsumNet.Benchmarks;

/// <summary>This program in a process of its own, for what only a new process shows.</summary>
static class Itself
{
    internal static void Run(params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. IsHost ? (string[])[Environment.GetCommandLineArgs()[0]] : [], .. args]))!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"'{string.Join(' ', args)}' ended with {process.ExitCode}.");
    }

    /// <summary>Whether the process is the runtime's host, which is told what to run.</summary>
    static bool IsHost => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
}
