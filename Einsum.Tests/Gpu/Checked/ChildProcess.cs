using System.Diagnostics;
using System.Reflection;

namespace EinsumNet.Tests.Gpu.Checked;

/// <summary>This assembly as a process of its own, for what tests cannot do in theirs: <c>dotnet Einsum.Tests.dll oclgrind plans</c>, <c>cache DIRECTORY</c>, <c>collected</c>, <c>interpreted</c>.</summary>
static class ChildProcess
{
    static int Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["oclgrind", var what]: return OclgrindProgram.Run(what);
            case ["cache", var directory]: return CacheProgram.Run(directory);
            case ["collected"]: return KeptOperandTests.Run();
            case ["interpreted"]: return Conformance.WithoutEmissionTests.Run();
            default:
                Console.Error.WriteLine("Run the tests with: dotnet test");
                return 2;
        }
    }

    /// <summary>Starts the process; its output is that of <see cref="Finish"/>.</summary>
    internal static Process Start(string[] arguments, params ReadOnlySpan<(string Name, string Value)> environment) => Start(typeof(ChildProcess).Assembly, arguments, environment);

    /// <summary>The same of another program.</summary>
    internal static Process Start(Assembly program, string[] arguments, params ReadOnlySpan<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo("dotnet", [program.Location, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Waits, and gives what the process wrote; it must have ended well.</summary>
    internal static string Finish(Process process)
    {
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, $"{output.Result}\n{errors.Result}");
        return output.Result;
    }
}
