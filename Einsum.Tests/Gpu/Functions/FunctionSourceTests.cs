using EinsumNet.Backends.Gpu;
using EinsumNet.Functions;

namespace EinsumNet.Tests.Gpu;

/// <summary>The text of the kernels of functions, and whether CUDA's compiler takes it.</summary>
[Parallelizable(ParallelScope.All)]
sealed class FunctionSourceTests
{
    static readonly CaseFile s_cases = new("Gpu/Functions/function-sources.txt");

    static IEnumerable<TestCaseData> Cases => s_cases.Cases();

    /// <summary>The bodies; what stands before them is in the sources of the families, but for the functions of elements.</summary>
    [TestCaseSource(nameof(Cases))]
    public void Source(string question, string expected)
    {
        var (dialect, name) = question.Split(' ', 2) is [var first, var rest] ? (first, rest) : throw new InvalidOperationException(question);
        var kernels = dialect == "opencl" ? FunctionKernels.Of(name, Limits.Card, KernelDialect.OpenCL) : FunctionKernels.Of(name, Limits.Cuda(80), KernelDialect.Cuda);
        s_cases.Check(question, expected, string.Join("\n", kernels.Select(kernel =>
            $"{kernel.Emitted.EntryPoint}: groups {kernel.Emitted.Launch.GroupsX} of {kernel.Emitted.Launch.GroupX}, scratch {kernel.Emitted.ScratchBytes}, buffers {string.Join(' ', kernel.Buffers.Select(buffer => buffer.Buffer))}\n"
            + string.Join('\n', kernel.Emitted.Source.Split('\n').SkipWhile(line => !line.StartsWith("typedef i", StringComparison.Ordinal) || !line.EndsWith("idx;", StringComparison.Ordinal)).Where(line => line.Length > 0)))));
    }

    [Test]
    public void Doubles_are_refused_where_the_device_has_none()
    {
        var driver = new FakeCuda { OnLaunch = (_, _) => { } };
        using var backend = new GpuBackend(GpuDevice.Of(driver.Device with { Limits = driver.Device.Limits with { HasDouble = false } }), new GpuOptions { CacheDirectory = "" });
        var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
        Assert.That(Message(() => Fn.Jit(x => x * 2).On(engine).Eval<double>(new double[2])), Is.EqualTo(GpuErrors.ElementType("Test GPU", ElementType.Double).Message));
        Assert.That(Message(() => Fn.Jit(x => x * 2).On(engine).Eval<System.Numerics.Complex>(new System.Numerics.Complex[2])), Is.EqualTo(GpuErrors.ElementType("Test GPU", ElementType.Complex).Message));
        Assert.That(Message(() => Fn.Jit(x => (x.Convert<double>() * x.Convert<double>()).Sum().Convert<float>()).On(engine).Eval<float>(new float[2])), Is.EqualTo(GpuErrors.ElementType("Test GPU", ElementType.Double).Message), "in between");
        Assert.That(driver.Sources, Is.Empty);
        Assert.That(Message(() => Fn.Jit(x => x * 2).On(engine).Eval<float>(new float[2])), Is.Null);

        static string? Message(Action call)
        {
            try
            {
                call();
                return null;
            }
            catch (EinsumException error)
            {
                return error.Message;
            }
        }
    }

    [Test]
    public void Compiles_with_indices_of_64_bits([Values(75, 80, 90)] int sm)
    {
        Nvrtc.Need(sm);
        TensorType[] operands = [new(ElementType.Float, [40000, 40000])];
        foreach (var function in new[] { Fn.Jit(x => x.Transpose() * 2 + x), Fn.Jit(x => (x * x).Sum(1)), Fn.Jit(x => x.Max(0)), Fn.Jit(x => x.CumSum(1)) })
        {
            var kernels = FunctionKernels.Of(function, operands, Limits.Cuda(sm), KernelDialect.Cuda);
            Assert.That(kernels.Any(kernel => kernel.Emitted.Kernel!.WideIndex));
            foreach (var kernel in kernels) Assert.That(Nvrtc.Compile(kernel.Emitted.Source, $"sm_{sm}").Spills, Is.Zero, () => kernel.Emitted.Source);
        }
    }

    [Test]
    public void Compiles_without_spills([ValueSource(typeof(FunctionKernels), nameof(FunctionKernels.Names))] string name, [Values(75, 80, 90)] int sm)
    {
        Nvrtc.Need(sm);
        foreach (var kernel in FunctionKernels.Of(name, Limits.Cuda(sm), KernelDialect.Cuda))
        {
            var report = Nvrtc.Compile(kernel.Emitted.Source, $"sm_{sm}");
            Assert.That(report.Spills, Is.Zero, () => $"{report.Log}\n{kernel.Emitted.Source}");
        }
    }
}
