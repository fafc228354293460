using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>Kernels of halves compute in float and round once, so that equations need no copies in float, also of several steps, whose intermediates are floats.</summary>
sealed class HalfPlanTests
{
    [Test]
    public void A_product_is_one_kernel_on_tensor_cores()
    {
        var plan = Plan("ij,jk->ik");
        Assert.That(plan.Steps.Select(step => step.Kernel), Is.EqualTo(new[] { "contraction: tensor-core" }));
        Assert.That(plan.Kernels.WorkspaceBytes, Is.Zero);
    }

    [Test]
    public void A_chain_reads_and_writes_halves_and_keeps_its_intermediate_in_float()
    {
        var plan = Plan("ij,jk,kl->il");
        Assert.That(plan.Steps.Select(step => (step.Contraction, step.Kernel)), Is.EqualTo(new[] { ("jk,kl->jl", "contraction: tensor-core"), ("ij,jl->il", "contraction: tiled") }));
        Assert.That(plan.Kernels.Steps.Select(step => string.Join(' ', step.Plan.Operands.Append(step.Plan.Result).Select(operand => operand.Element))), Is.EqualTo(new[] { "Half Half Float", "Half Float Half" }));
        Assert.That(plan.Kernels.WorkspaceBytes, Is.EqualTo(128 * 128 * sizeof(float)));
    }

    /// <summary>Where products of floats are a library's or the tensor cores', a step with a float among its factors has them all in float.</summary>
    [TestCase(true, MatrixPrecision.Full, "jk,kl->jl cublas; Half to float transpose; ij,jl->il cublas; float to Half transpose")]
    [TestCase(false, MatrixPrecision.Tf32, "jk,kl->jl tensor-core; Half to float transpose; ij,jl->il tensor-core")]
    public void A_step_with_a_float_is_of_floats_where_that_is_faster(bool hasLibrary, MatrixPrecision precision, string steps)
    {
        var device = new FakeCuda().Device with { Blas = hasLibrary ? new FakeCuBlas() : null };
        using var backend = new GpuBackend(GpuDevice.Of(device), new GpuOptions { CacheDirectory = "", Precision = precision });
        var plan = new EinsumEngine(new EinsumOptions { Backend = backend }).Plan<Half>("ij,jk,kl->il", [128, 128], [128, 128], [128, 128]);
        Assert.That(string.Join("; ", plan.Steps.Select(step => $"{step.Contraction} {step.Kernel.Split(' ')[^1]}")), Is.EqualTo(steps.Replace("transpose", plan.Steps[1].Kernel.Split(' ')[^1])));
    }

    /// <summary>The plan of a library that multiplies halves into floats is what it computes.</summary>
    [Test]
    public unsafe void A_library_writes_products_of_halves_as_floats([Values("ij,jk->ik", "ji,kj->ki", "bij,bkj->bki")] string equation)
    {
        const int n = 17;
        var blas = new FakeCuBlas();
        using var runtime = new CudaRuntime(new FakeCuda().Device with { Blas = blas });
        var plan = Cpu.PlanData.Mixed(Cpu.EquationPlan.Make(equation, ElementType.Half, label => label == 'b' ? 2 : n), ElementType.Half, ElementType.Float);
        Cpu.PlanData.CheckMixed(plan, new Library(runtime, plan), new Random(1));
        Assert.That(blas.Widened, Is.EqualTo(1));
        Assert.That(LibraryProduct.Of(Cpu.PlanData.Mixed(plan, ElementType.Float, ElementType.Half)), Is.Null);
        Assert.That(LibraryProduct.Of(plan with { Operands = [plan.Operands[0], new(ElementType.Float)] }), Is.Null);
    }

    /// <summary>The double's memory is the host's.</summary>
    sealed unsafe class Library(CudaRuntime runtime, KernelPlan plan) : CpuKernel
    {
        internal override void Run(nint* addresses, CpuContext context)
        {
            Assert.That(runtime.StartsProducts());
            runtime.Multiply(LibraryProduct.Of(plan)!, new(addresses[0], 0), new(addresses[1], 0), new(addresses[2], 0));
        }
    }

    [TestCase("ij,jk,kl->il")]
    [TestCase("ij,jk,k->i")]
    [TestCase("i,ij,j->")]
    [TestCase("bij,bjk,bkl->lbi")]
    [TestCase("ii,ij,jk,k->ik")]
    [TestCase("ij,jk,kl,lm->mi")]
    [TestCase("ab,bc,cd->")]
    public void On_a_device_chains_are_as_accurate_as_with_copies(string equation)
    {
        TestDevices.RequireDevice();
        var random = new Random(equation.Length);
        var engine = new EinsumEngine(new EinsumOptions { Backend = TestDevices.Backend });
        foreach (var size in (int[])[5, 40])
        {
            var operands = Equation.Parse(equation).Inputs.Select(term => Halves(random, [.. term.Labels.Select(label => (long)size + label.Name[0] % 3)])).ToArray();
            var plan = engine.Plan<Half>(equation, [.. operands.Select(operand => operand.Shape)]);
            Assert.That(plan.Steps.Select(step => step.Contraction), Has.None.Contains(" to "), plan.ToString());
            var (actual, expected) = (engine.Eval<Half>(equation, operands).ToArray(), Einsum.Eval<Half>(equation, operands).ToArray());
            // Sums in float, rounded once: neighbours in Half at most.
            for (var i = 0; i < expected.Length; i++) Assert.That(Math.Abs((double)actual[i] - (double)expected[i]), Is.LessThanOrEqualTo(Math.Abs((double)expected[i]) / 1024 + 1e-3), $"{size}: {i}\n{plan}");
        }
    }

    /// <summary>An intermediate of 4096 ones is 4096, and its square is beyond Half but not beyond float.</summary>
    [Test]
    public void Intermediates_are_not_rounded_to_halves()
    {
        TestDevices.RequireDevice();
        Operand<Half> row = new(Enumerable.Repeat((Half)1, 4097).ToArray(), [1, 4097]), column = new(Enumerable.Repeat((Half)1, 4097).ToArray(), [4097, 1]), small = new(new[] { (Half)(1 / 4096f) }, [1, 1]);
        var options = new EinsumOptions { Backend = TestDevices.Backend, PathFinder = new Fixed() };
        Assert.That((double)new EinsumEngine(options).Eval<Half>("ij,jk,kl->il", row, column, small).ToArray()[0], Is.EqualTo((double)(Half)(4097 / 4096f)));
        Operand<Half> large = new(Enumerable.Repeat((Half)32, 4097).ToArray(), [1, 4097]);
        Assert.That((double)new EinsumEngine(options).Eval<Half>("ij,jk,kl->il", large, column, small).ToArray()[0], Is.EqualTo((double)(Half)(32 * 4097 / 4096f)));
    }

    sealed class Fixed : IPathFinder
    {
        public string Name => "first two";

        public ContractionPath Find(ContractionProblem problem) => new([[0, 1], [0, 1]]);
    }

    /// <summary>A backend with a choice has either form ready, and plans show the one that runs.</summary>
    [Test]
    public void A_choice_takes_the_form_of_whom_it_chooses([Values] bool isFast)
    {
        TestDevices.RequireDevice();
        using var device = new GpuBackend(TestDevices.Backend.Device, new GpuOptions { CacheDirectory = TestDevices.CacheDirectory });
        device.Session.Rates.Keep(isFast ? new DeviceRates(1e18, 1e18, 1e18, 1e18, LaunchTime: 1e-12, CopyTime: 1e-12, IsMeasured: true) : new DeviceRates(1, 1, 1, 1, LaunchTime: 1, CopyTime: 1, IsMeasured: true));
        var engine = new EinsumEngine(new EinsumOptions { Backend = new AutoBackend(CpuBackend.Default, device) });
        var random = new Random(3);
        Operand<Half>[] operands = [Halves(random, [9, 8]), Halves(random, [8, 7]), Halves(random, [7, 6])];
        var expression = engine.Compile<Half>("ij,jk,kl->il", [.. operands.Select(operand => operand.Shape)]);
        Assert.That(expression.Plan.Steps.Select(step => step.Contraction).Count(step => step.Contains(" to ")), Is.EqualTo(isFast ? 0 : 4), expression.Plan.ToString());
        Assert.That(expression.Plan.ToString(), Does.Contain(isFast ? "backend    gpu" : "backend    cpu"));
        var expected = Einsum.Eval<Half>("ij,jk,kl->il", operands).ToArray();
        AreClose(expression.Invoke(operands).ToArray(), expected);
        using var resident = engine.EvalResident<Half>("ij,jk,kl->il", operands);
        AreClose(resident.ToHost().ToArray(), expected);
        foreach (var result in engine.EvalMany<Half>("ij,jk->ik", new[] { operands[0], operands[0] }, new[] { operands[1], operands[1] }))
            AreClose(result.ToArray(), Einsum.Eval<Half>("ij,jk->ik", operands[0], operands[1]).ToArray());
    }

    [Test]
    public void A_list_of_products_of_halves_is_one_launch_of_a_chosen_device()
    {
        var driver = new FakeCuda { OnLaunch = (_, _) => { }, Parameters = 9 };
        using var device = new GpuBackend(GpuDevice.Of(driver.Device), new GpuOptions { CacheDirectory = "", UseVendorLibrary = false });
        device.Session.Rates.Keep(new DeviceRates(1e18, 1e18, 1e18, 1e18, LaunchTime: 1e-12, CopyTime: 1e-12, IsMeasured: true));
        var members = Enumerable.Range(2, 9).Select(rows => Halves(new Random(rows), [rows, rows])).ToArray();
        new EinsumEngine(new EinsumOptions { Backend = new AutoBackend(CpuBackend.Default, device) }).EvalMany<Half>("ij,jk->ik", members, members);
        Assert.That(driver.Calls.Count(call => call == "cuLaunchKernel"), Is.EqualTo(1));
    }

    /// <summary>What is measured is the form of the program that the device runs.</summary>
    [Test]
    public void A_choice_measures_the_kernels_that_its_device_takes()
    {
        using var device = new GpuBackend(GpuDevice.Of(new FakeCuda { OnLaunch = (_, _) => { } }.Device), new GpuOptions { CacheDirectory = "", UseVendorLibrary = false });
        device.Session.Rates.Keep(new DeviceRates(1e18, 1e18, 1e18, 1e18, LaunchTime: 1e-12, CopyTime: 1e-12, IsMeasured: true));
        var expression = new EinsumEngine(new EinsumOptions { Backend = new AutoBackend(CpuBackend.Default, device) }).Compile<Half>("ij,jk,kl->il", [128, 128], [128, 128], [128, 128]);
        expression.Tune();
        Assert.That(expression.Plan.Kernels.OnDevice!.Steps.Select(step => device.Session.Tiles.Find(step.Plan)), Is.All.Not.Null);
    }

    static void AreClose(Half[] actual, Half[] expected)
    {
        for (var i = 0; i < expected.Length; i++) Assert.That((double)actual[i], Is.EqualTo((double)expected[i]).Within(Math.Abs((double)expected[i]) / 1024 + 1e-3));
    }

    static Operand<Half> Halves(Random random, long[] shape) => new(Enumerable.Range(0, (int)shape.Aggregate(1L, (product, size) => product * size)).Select(_ => (Half)(random.NextDouble() - 0.5)).ToArray(), [.. shape]);

    static EinsumPlan Plan(string equation)
    {
        using var backend = new GpuBackend(GpuDevice.Of(new FakeCuda().Device), new GpuOptions { CacheDirectory = "", UseVendorLibrary = false });
        var plan = new EinsumEngine(new EinsumOptions { Backend = backend }).Plan<Half>(equation, [.. Enumerable.Repeat<Shape>([128, 128], Equation.Parse(equation).Inputs.Length)]);
        // Steps are made when they are first asked for, which needs the backend.
        Assert.That(plan.Steps, Is.Not.Empty);
        return plan;
    }
}
