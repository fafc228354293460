using System.Text.Json.Nodes;
using EinsumNet.Backends.Gpu;
using EinsumNet.Benchmarks;
using EinsumNet.Tests.Gpu.Checked;

namespace EinsumNet.Tests.Gpu;

/// <summary>The command <c>gpu</c> of the benchmarks, so that whoever has a device to measure finds that it runs.</summary>
sealed class GpuBenchmarkTests
{
    [TestCase("product 128", 3, 3)]
    [TestCase("attention", 7, 7)]
    [TestCase("running sums", 2, 0)]
    public void Every_line_is_json_and_every_case_is_correct(string only, int cases, int ofProducts)
    {
        TestDevices.RequireDevice();
        var device = GpuDevice.All.Index().First(device => ReferenceEquals(device.Item, TestDevices.Device)).Index;
        using var process = ChildProcess.Start(typeof(GpuBenchmark).Assembly, ["gpu", "--device", $"{device}", "--small", "--alone", "--only", only]);
        var lines = ChildProcess.Finish(process).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.That(lines[0]["device"]!.GetValue<string>(), Is.EqualTo(TestDevices.Device.Name));
        Assert.That(lines[0]["copy_gb_per_s"]!.GetValue<double>(), Is.Positive);
        Assert.That(lines, Has.Length.EqualTo(1 + cases));
        foreach (var line in lines[1..])
        {
            Assert.That(line["case"]!.GetValue<string>(), Does.Contain(only));
            Assert.That(line["correct"]!.GetValue<bool>(), line.ToJsonString());
            Assert.That(line["seconds"]!.GetValue<double>(), Is.Positive);
        }
        Assert.That(lines.Count(line => line["share_of_fastest_product"]?.GetValue<double>() > 0), Is.EqualTo(ofProducts));
    }

    [Test]
    public void Devices_of_Cuda_are_known_by_its_number()
    {
        var driver = new FakeCuda { Devices = 2 };
        Assert.That(CudaDevice.Find(driver, driver).Devices.Select(device => GpuDevice.Of(device).Ordinal), Is.EqualTo([0, 1]));
        Assert.That(GpuDevice.Of(new OpenClDevice(0, "platform", "1", "driver", "version", Limits.Card)).Ordinal, Is.Null);
    }

    [TestCase(null, 1, "1")]
    [TestCase("5,GPU-3f,7", 1, "GPU-3f")]
    public void Peers_see_the_device_that_is_measured(string? visible, int ordinal, string seen)
    {
        if (OperatingSystem.IsWindows())
        {
            LeftOut.Because("The peer is a script for a shell.");
            return;
        }
        using var folder = new Folder();
        var script = Path.Combine(folder.Path, "python");
        File.WriteAllText(script, "#!/bin/sh\nread request\necho \"{\\\"error\\\": \\\"$CUDA_VISIBLE_DEVICES\\\"}\"\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var peers = new GpuPeers(script, ordinal, visible);
        Assert.That(peers.Missing, Is.EqualTo(new[] { $"torch: {seen}", $"jax: {seen}" }));
    }
}
