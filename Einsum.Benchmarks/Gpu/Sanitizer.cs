using System.Diagnostics;
using System.Text.Json.Nodes;

namespace EinsumNet.Benchmarks;

/// <summary>The small cases once more in processes of their own under NVIDIA's compute-sanitizer, which looks for accesses outside of memory and for races; left out, with the reason, where it is not installed.</summary>
static class Sanitizer
{
    static readonly string[] s_tools = ["memcheck", "racecheck"];

    /// <summary>1 where it found something.</summary>
    internal static int Run(string[] arguments)
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), "/usr/local/cuda/bin", "/usr/local/cuda/compute-sanitizer"];
        var name = OperatingSystem.IsWindows() ? "compute-sanitizer.exe" : "compute-sanitizer";
        var sanitizer = folders.Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (sanitizer is null)
        {
            GpuBenchmark.Print(new JsonObject { ["sanitizer_missing"] = $"{name} is neither on PATH nor in /usr/local/cuda" });
            return 0;
        }
        var isGood = true;
        foreach (var tool in s_tools)
        {
            var start = new ProcessStartInfo(sanitizer, ["--tool", tool, "--error-exitcode", "9", .. Self(), .. arguments, "--small", "--alone"]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            process.WaitForExit();
            isGood &= process.ExitCode == 0;
            var text = output.Result + errors.Result;
            GpuBenchmark.Print(new JsonObject
            {
                ["sanitizer"] = tool,
                ["correct"] = process.ExitCode == 0,
                ["summary"] = text.Split('\n').LastOrDefault(line => line.Contains("SUMMARY", StringComparison.Ordinal))?.Trim(' ', '=', '\r') ?? $"ended with {process.ExitCode}",
            });
        }
        return isGood ? 0 : 1;
    }

    /// <summary>This program: one file, or the runtime and its assembly.</summary>
    static string[] Self()
    {
        var program = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, Environment.GetCommandLineArgs()[0], "gpu"] : [program, "gpu"];
    }
}
