using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>What OpenCL's codes mean to the runtime.</summary>
sealed class OpenClRuntimeTests
{
    [TestCase(-2, true, true)]
    [TestCase(-34, true, true)]
    [TestCase(-36, true, true)]
    [TestCase(-9999, true, true)]
    [TestCase(-14, false, true)]
    [TestCase(-5, false, true)]
    [TestCase(-4, false, false)]
    [TestCase(-54, false, false)]
    public void A_fault_of_a_kernel_shows_where_it_is_waited_for(int code, bool isLost, bool isLostWaiting)
    {
        Assert.That(OpenClCodes.IsLost(code), Is.EqualTo(isLost));
        Assert.That(OpenClCodes.IsLostWaiting(code), Is.EqualTo(isLostWaiting));
        // What an enqueuing call says of itself, or of work before it, the wait for that tells.
        Assert.That(OpenClCodes.IsLostEnqueuing(code, () => 0), Is.EqualTo(isLost));
        Assert.That(OpenClCodes.IsLostEnqueuing(code, () => -5), Is.EqualTo(isLostWaiting));
    }

    [Test]
    public void A_flush_that_fails_is_a_lost_device()
    {
        TestDevices.RequireOpenCl();
        using var runtime = new OpenClRuntime(OpenClDevice.Find().Devices[0]);
        Assert.That(() => runtime.CheckWait("clFlush", -5), Throws.TypeOf<EinsumException>().With.Message.Contains("is lost: clFlush failed with CL_OUT_OF_RESOURCES (-5)"));
        Assert.That(() => _ = runtime.TryAllocate(64), Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo("EIN0707"));
    }

    [Test]
    public void A_lost_device_is_left_alone()
    {
        TestDevices.RequireOpenCl();
        using var runtime = new OpenClRuntime(OpenClDevice.Find().Devices[0]);
        var memory = runtime.TryAllocate(64);
        var kernel = runtime.Build("__kernel void f(__global float *x, long o) { x[o] = 1; }", "f");
        Assert.That(() => runtime.CheckEnqueue("clEnqueueNDRangeKernel", -5), Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo("EIN0702"));
        Assert.That(runtime.IsLost, Is.False, "one launch asked for too much");
        Assert.That(() => runtime.CheckWait("clFinish", -5), Throws.TypeOf<EinsumException>().With.Message.Contains("is lost: clFinish failed with CL_OUT_OF_RESOURCES (-5)"));
        Action[] calls =
        [
            () => _ = runtime.TryAllocate(64), () => _ = runtime.AllocateHost(64), () => _ = runtime.Build("", "f"), () => _ = runtime.TryLoad([], "f"), () => runtime.Write(memory, 0, 1, 4), () => runtime.Read(memory, 0, 1, 4),
            () => runtime.Copy(memory, 0, memory, 32, 4), () => runtime.Launch(kernel, new Launch(1, 1, 1, 1, 1, 1, 0), [new KernelBuffer(memory, 0)], []), () => _ = runtime.Record(), runtime.Synchronize,
        ];
        foreach (var call in calls) Assert.That(call, Throws.TypeOf<EinsumException>().With.Message.Contains("is lost: an earlier call failed"));
        runtime.Free(memory);
        kernel.Dispose();
    }

    [Test]
    public void What_is_not_taken_back_is_told_once_everything_else_is()
    {
        TestDevices.RequireOpenCl();
        var runtime = new OpenClRuntime(OpenClDevice.Find().Devices[0]);
        runtime.Released("clReleaseKernel", -48);
        runtime.Released("clReleaseEvent", -58);
        runtime.Free(runtime.TryAllocate(64));
        Assert.That(runtime.Dispose, Throws.TypeOf<EinsumException>().With.Message.Contains("clReleaseKernel failed on").And.Message.Contains("CL_INVALID_KERNEL (-48)"));
        runtime.Dispose();
    }

    [Test]
    public void A_lost_device_is_disposed_of_without_a_word()
    {
        TestDevices.RequireOpenCl();
        var runtime = new OpenClRuntime(OpenClDevice.Find().Devices[0]);
        Assert.That(() => runtime.CheckWait("clFinish", -5), Throws.TypeOf<EinsumException>());
        runtime.Released("clReleaseMemObject", -38);
        runtime.Dispose();
    }

    [Test]
    public void A_handler_that_is_not_put_back_is_told_and_throws_nothing()
    {
        if (OperatingSystem.IsWindows()) LeftOut.Because("There are no handlers of signals.");
        // What kills a process has a handler that can be asked for, but not set.
        const int kill = 9;
        Assert.That(KeptSignals.Keep(kill).Restore(), Does.EndWith("was not put back after OpenCL's devices were looked for: sigaction failed"));
        Assert.That(KeptSignals.Keep().Restore(), Is.Null);
    }

    [Test]
    public void A_platform_that_does_not_tell_its_devices_is_named() =>
        Assert.That(OpenClCodes.WhyNoDevices("Some Platform", -6), Is.EqualTo("the devices of Some Platform are left out: clGetDeviceIDs gives CL_OUT_OF_HOST_MEMORY (-6)"));
}
