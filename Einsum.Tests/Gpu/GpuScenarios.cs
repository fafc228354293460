using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>Errors of a GPU, on the double of a driver, whose device has the same name everywhere.</summary>
static class GpuScenarios
{
    static readonly GpuOptions s_options = new() { CacheDirectory = "" };

    internal static void Failing(string call, int code)
    {
        var driver = new FakeCuda();
        driver.Failures[call] = code;
        Eval(new GpuBackend(GpuDevice.Of(driver.Device), s_options), new float[2]);
    }

    internal static void LostBefore()
    {
        var driver = new FakeCuda();
        var backend = new GpuBackend(GpuDevice.Of(driver.Device), s_options);
        driver.Failures["cuStreamSynchronize"] = 719;
        Assert.Throws<EinsumException>(() => backend.Synchronize());
        backend.Synchronize();
    }

    internal static void Compile()
    {
        var driver = new FakeCuda { CompilerLog = "einsum.cu(2): error: identifier \"y\" is undefined\n" };
        using var runtime = new CudaRuntime(driver.Device);
        runtime.Build("extern \"C\" __global__ void f(float* x) {\n    x[0] = y;\n}\n", "f");
    }

    internal static DeviceTensor<byte> Empty(long bytes, long budget) =>
        new GpuBackend(GpuDevice.Of(new FakeCuda().Device), s_options with { MemoryBudget = budget }).Empty<byte>([bytes + 1]);

    internal static void DoubleOnFloat()
    {
        var device = new FakeCuda().Device;
        Eval(new GpuBackend(GpuDevice.Of(device with { Limits = device.Limits with { HasDouble = false } }), s_options), new double[2]);
    }

    internal static void OnTheCpu()
    {
        using var backend = new GpuBackend(GpuDevice.Of(new FakeCuda().Device), s_options);
        using var tensor = backend.Empty<float>([2]);
        Einsum.Eval<float>("i->", tensor);
    }

    internal static void OneDestination()
    {
        using var backend = new GpuBackend(GpuDevice.Of(new FakeCuda().Device), s_options);
        using var tensor = backend.Empty<float>([2, 2]);
        Operand<float> matrix = new float[2, 2];
        new EinsumEngine(new EinsumOptions { Backend = backend }).CompileMany<float>("ij,jk->ik", new Shape[] { [2, 2], [2, 2] }, [[2, 2]]).InvokeInto([tensor, tensor], [matrix, matrix], [matrix]);
    }

    internal static void LargeGroup()
    {
        using var backend = new GpuBackend(GpuDevice.Of(new FakeCuda().Device), s_options);
        backend.Session.Kernels.Get(new EmittedKernel("", "f", new Launch(64, 32, 1, 1, 1, 1, 0), [], 0) { Kernel = null! });
    }

    internal static void Foreign() => _ = CudaAdoption.Device(new FakeCuda(), new FakeCuda(), 0, 0);

    static void Eval<T>(GpuBackend backend, T[] values) where T : unmanaged =>
        new EinsumEngine(new EinsumOptions { Backend = backend }).Eval<T>("i->i", values);
}
