using System.Diagnostics;

namespace EinsumNet.Tests.Gpu.Checked;

/// <summary>Kernels under Oclgrind, which sees races between threads and accesses where nothing is: its log stays empty.</summary>
sealed class OclgrindTests
{
    const string Library = "/usr/lib/oclgrind/liboclgrind-rt-icd.so";

    [Test]
    public void No_kernel_races_or_leaves_its_buffers()
    {
        var (output, log) = Run("plans");
        Assert.That(output, Does.Contain("plans on Oclgrind"));
        Assert.That(log, Is.Empty);
    }

    [Test]
    public void A_kernel_that_leaves_its_buffer_is_seen() => Assert.That(Run("broken").Log, Does.Contain("Invalid write of size 4"));

    /// <summary>What the process wrote, and what Oclgrind wrote to its log.</summary>
    static (string Output, string Log) Run(string what)
    {
        TestDevices.Require(File.Exists(Library), $"Oclgrind is not installed: {Library} is not there.");
        var folder = Directory.CreateTempSubdirectory("einsum-oclgrind");
        try
        {
            var (log, vendors) = (Path.Combine(folder.FullName, "log"), folder.CreateSubdirectory("vendors").FullName);
            File.WriteAllText(Path.Combine(vendors, "oclgrind.icd"), Library);
            var start = new ProcessStartInfo("dotnet", [typeof(OclgrindTests).Assembly.Location, "oclgrind", what]) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["OCL_ICD_VENDORS"] = vendors;
            start.Environment["OCLGRIND_LOG"] = log;
            start.Environment["OCLGRIND_CHECK_API"] = "1";
            start.Environment["OCLGRIND_DATA_RACES"] = "1";
            start.Environment["OCLGRIND_UNIFORM_WRITES"] = "1";
            start.Environment["OCLGRIND_NUM_THREADS"] = "1";
            using var process = Process.Start(start)!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            process.WaitForExit();
            Assert.That(process.ExitCode, Is.Zero, $"{output.Result}\n{errors.Result}");
            return (output.Result, File.Exists(log) ? File.ReadAllText(log) : "");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
