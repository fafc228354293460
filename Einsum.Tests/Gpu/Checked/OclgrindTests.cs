namespace EinsumNet.Tests.Gpu.Checked;

/// <summary>Kernels under Oclgrind, which sees races between threads and accesses where nothing is: its log stays empty.</summary>
[Parallelizable(ParallelScope.All)]
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

    [Test]
    public void Threads_that_read_too_soon_are_seen() => Assert.That(Run("racing").Log, Does.Contain("data race at local memory address"));

    /// <summary>What the process wrote, and what Oclgrind wrote to its log.</summary>
    static (string Output, string Log) Run(string what)
    {
        TestDevices.Require(File.Exists(Library), $"Oclgrind is not installed: {Library} is not there.");
        var folder = Directory.CreateTempSubdirectory("einsum-oclgrind");
        try
        {
            var (log, vendors) = (Path.Combine(folder.FullName, "log"), folder.CreateSubdirectory("vendors").FullName);
            File.WriteAllText(Path.Combine(vendors, "oclgrind.icd"), Library);
            var process = ChildProcess.Start(["oclgrind", what],
                ("OCL_ICD_VENDORS", vendors), ("OCLGRIND_LOG", log), ("OCLGRIND_CHECK_API", "1"), ("OCLGRIND_DATA_RACES", "1"), ("OCLGRIND_UNIFORM_WRITES", "1"), ("OCLGRIND_NUM_THREADS", "1"));
            using (process) return (ChildProcess.Finish(process), File.Exists(log) ? File.ReadAllText(log) : "");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
