using EinsumNet.Tool;
using EinsumNet.Tool.Numpy;

namespace EinsumNet.Tests.Tool;

/// <summary>One run of the command in this process, with what it wrote.</summary>
sealed record CliRun(int ExitCode, string Output, string Error)
{
    internal static CliRun Of(params string[] args)
    {
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var exitCode = Cli.Run(args, output, error);
        return new CliRun(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Asserts exit code 2, nothing on the output, and this on standard error.</summary>
    internal void AssertRefused(string error)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ExitCode, Is.EqualTo(2));
            Assert.That(Output, Is.Empty);
            Assert.That(Error, Is.EqualTo(error + "\n"));
        }
    }

    /// <summary>Asserts exit code 0, nothing on standard error, and this on the output.</summary>
    internal void AssertPrinted(string output)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ExitCode, Is.Zero);
            Assert.That(Error, Is.Empty);
            Assert.That(Output, Is.EqualTo(output + "\n"));
        }
    }

    internal static void Save<T>(string path, Shape shape, params T[] elements) where T : unmanaged
    {
        using var stream = File.Create(path);
        NpyWriter.Write<T>(stream, shape, elements);
    }
}
