using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>Which device the others run on.</summary>
sealed class TestDevicesTests
{
    [TestCase("", "OpenCL card")]
    [TestCase("cuda", "big")]
    [TestCase("opencl", "OpenCL card")]
    [TestCase("0", "big")]
    [TestCase("1", "small")]
    [TestCase("SMALL", "small")]
    [TestCase("card", "OpenCL card")]
    [TestCase("3", null)]
    [TestCase("none of these", null)]
    public void Is_chosen_by_number_runtime_or_name(string wanted, string? name)
    {
        GpuDevice[] devices = [Device("CUDA", "big"), Device("CUDA", "small"), Device("OpenCL", "OpenCL card")];
        Assert.That(TestDevices.Choose(devices, wanted)?.Name, Is.EqualTo(name));

        static GpuDevice Device(string runtime, string name) => new(runtime, Limits.Card with { Name = name }, () => throw new NotSupportedException());
    }

    [Test]
    public void What_the_gate_found_is_not_left_out()
    {
        const string variable = "EINSUM_REQUIRE_IN_A_TEST";
        Assert.That(() => TestDevices.Require(false, "a test of leaving out, which leaves out nothing", variable), Throws.TypeOf<IgnoreException>());
        Environment.SetEnvironmentVariable(variable, "1");
        Assert.That(() => TestDevices.Require(false, "It is not there.", variable), Throws.TypeOf<AssertionException>());
        Assert.That(() => TestDevices.Require(true, "It is there.", variable), Throws.Nothing);
        Environment.SetEnvironmentVariable(variable, null);
    }
}
