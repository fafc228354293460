using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>Real compilers: what they say of a wrong source, and many of them at once.</summary>
sealed class DeviceCompilerTests
{
    [Test]
    public void OpenCl_says_what_is_wrong_beside_the_source()
    {
        TestDevices.RequireOpenCl();
        using var runtime = new OpenClRuntime(OpenClDevice.Find().Devices[0]);
        var error = Assert.Throws<EinsumException>(() => runtime.Build("__kernel void f(__global float *x, long o) {\n    x[o] = no_such_name;\n}\n", "f"))!;
        Assert.That(error.Message, Does.StartWith("EIN0703: a kernel does not compile on ").And.Contain("clBuildProgram (CL_BUILD_PROGRAM_FAILURE) says").And.Match("(?s)no_such_name.*of the source")
            .And.Contain("       2      x[o] = no_such_name;"));
    }

    [Test]
    public void Nvrtc_says_what_is_wrong_beside_the_source()
    {
        var why = NativeLibraries.WhyMissing(NativeLibraries.Nvrtc);
        TestDevices.Require(why is null, why!, "EINSUM_REQUIRE_NVRTC");
        var compiler = new CudaCompiler(new FakeCuda().Device with { Compiler = new NvrtcLibrary() });
        Assert.That(compiler.Compile("extern \"C\" __global__ void f(float *x) { x[0] = 1; }"), Is.Not.Empty);
        var error = Assert.Throws<EinsumException>(() => compiler.Compile("extern \"C\" __global__ void f(float *x) {\n    x[0] = no_such_name;\n}\n"))!;
        Assert.That(error.Message, Does.StartWith("EIN0703: a kernel does not compile on Test GPU: nvrtcCompileProgram (NVRTC_ERROR_COMPILATION) says").And.Contain("einsum.cu(2): error: identifier \"no_such_name\" is undefined")
            .And.Contain("       2      x[0] = no_such_name;"));
    }

    [Test]
    public void Eight_threads_compile_different_kernels_and_launch_them()
    {
        TestDevices.RequireDevice();
        using var backend = new GpuBackend(TestDevices.Device, new GpuOptions { CacheDirectory = "" });
        var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
        string[] equations = ["ij->ji", "ij->i", "ij->j", "ij,jk->ik", "ij,ij->", "i,j->ij", "ij,j->i", "ii->i"];
        ElementType[] elements = [ElementType.Float, ElementType.Int, ElementType.Double, ElementType.Float, ElementType.Int, ElementType.Float, ElementType.Double, ElementType.Int];
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        using var start = new Barrier(equations.Length);
        var threads = Enumerable.Range(0, equations.Length).Select(number => new Thread(() =>
        {
            try
            {
                start.SignalAndWait();
                for (var round = 0; round < 3; round++)
                {
                    if (elements[number] == ElementType.Float) Check<float>(equations[number]);
                    else if (elements[number] == ElementType.Int) Check<int>(equations[number]);
                    else Check<double>(equations[number]);
                }
            }
            catch (Exception error)
            {
                failures.Enqueue(error);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.That(failures, Is.Empty);
        Assert.That(backend.Session.Kernels.Compiled, Is.GreaterThanOrEqualTo(equations.Length - 1), "they were different");

        void Check<T>(string equation) where T : unmanaged, System.Numerics.INumber<T>
        {
            var operands = Equation.Parse(equation).Inputs.Select(term => new Operand<T>(
                Enumerable.Range(0, (int)Math.Pow(40, term.Labels.Length)).Select(i => T.CreateChecked(i % 7)).ToArray(), [.. Enumerable.Repeat(40L, term.Labels.Length)])).ToArray();
            Assert.That(engine.Eval<T>(equation, operands).ToArray(), Is.EqualTo(Einsum.Eval<T>(equation, operands).ToArray()), equation);
        }
    }

    [Test]
    public void The_default_backend_is_the_first_device()
    {
        TestDevices.Require(GpuDevice.All.Count > 0, $"No device: {string.Join("; ", GpuDevice.Missing)}.");
        var backend = GpuBackend.Default;
        Assert.That(GpuBackend.Default, Is.SameAs(backend), "one for all who ask");
        Assert.That(GpuBackend.Default.Device, Is.SameAs(GpuDevice.All[0]));
        Assert.That(new EinsumEngine(new EinsumOptions { Backend = GpuBackend.Default }).Eval<float>("i->", new float[] { 1, 2 })[0], Is.EqualTo(3));
    }
}
