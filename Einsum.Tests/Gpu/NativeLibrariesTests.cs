using System.Runtime.InteropServices;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>Under which names the drivers' libraries are looked for, and what is said where there are none.</summary>
sealed class NativeLibrariesTests
{
    [TestCase(NativeLibraries.OpenCl, "WINDOWS", "OpenCL.dll")]
    [TestCase(NativeLibraries.OpenCl, "OSX", "/System/Library/Frameworks/OpenCL.framework/OpenCL")]
    [TestCase(NativeLibraries.OpenCl, "LINUX", "libOpenCL.so.1")]
    [TestCase(NativeLibraries.Cuda, "WINDOWS", "nvcuda.dll")]
    [TestCase(NativeLibraries.Cuda, "LINUX", "libcuda.so.1")]
    [TestCase(NativeLibraries.Nvrtc, "WINDOWS", "nvrtc64_130_0.dll nvrtc64_120_0.dll nvrtc64_112_0.dll")]
    [TestCase(NativeLibraries.Nvrtc, "LINUX", "libnvrtc.so.13 libnvrtc.so.12 libnvrtc.so.11.2")]
    [TestCase(NativeLibraries.CuBlas, "WINDOWS", "cublas64_13.dll cublas64_12.dll cublas64_11.dll")]
    [TestCase(NativeLibraries.CuBlas, "LINUX", "libcublas.so.13 libcublas.so.12 libcublas.so.11")]
    public void Names_in_order(string library, string platform, string names) =>
        Assert.That(string.Join(' ', NativeLibraries.NamesOf(library, OSPlatform.Create(platform)).Select(name => name.Name)), Is.EqualTo(names));

    static readonly (string Name, int Major)[] s_names = [("n.13", 13), ("n.12", 12), ("n.11", 11)];

    [TestCase(13, "n.13 n.12 n.11")]
    [TestCase(12, "n.12 n.11")]
    [TestCase(11, "n.11")]
    [TestCase(10, "")]
    public void What_is_newer_than_the_driver_is_not_taken(int driver, string taken) => Assert.That(string.Join(' ', NativeLibraries.Usable(s_names, driver)), Is.EqualTo(taken));

    [TestCase(12, "n.12", null)]
    [TestCase(12, "n.13 n.11", null)]
    [TestCase(12, "", "n.13, n.12, n.11 not found")]
    [TestCase(12, "n.13", "n.12, n.11 not found, n.13 newer than the driver, which is of CUDA 12")]
    [TestCase(10, "n.13 n.12 n.11", "n.13, n.12, n.11 newer than the driver, which is of CUDA 10")]
    public void Why_a_library_is_missing(int driver, string there, string? why) => Assert.That(NativeLibraries.WhyMissing(s_names, driver, there.Split(' ').Contains), Is.EqualTo(why));

    [TestCase("CUDA", NativeLibraries.Cuda)]
    [TestCase("OpenCL", NativeLibraries.OpenCl)]
    public void A_runtime_has_devices_or_is_missing_for_a_reason(string runtime, string library)
    {
        var reasons = GpuDevice.Missing.Where(why => why.StartsWith($"{runtime}: ")).ToArray();
        if (NativeLibraries.WhyMissing(library) is { } why) Assert.That(reasons, Does.Contain($"{runtime}: {why}"));
        Assert.That(GpuDevice.All.Any(device => device.Runtime == runtime) || reasons.Length > 0, $"{string.Join(", ", GpuDevice.All)}; {string.Join("; ", GpuDevice.Missing)}");
    }
}
