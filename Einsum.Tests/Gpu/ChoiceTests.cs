using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Gpu;
using EinsumNet.Functions;

namespace EinsumNet.Tests.Gpu;

/// <summary>Which of two backends runs a program, and what plans say of it.</summary>
sealed class ChoiceTests
{
    static GpuBackend Fake(FakeCuda driver) => new(GpuDevice.Of(driver.Device), new GpuOptions { CacheDirectory = "" });

    [Test]
    public void Small_programs_stay_on_the_host_and_large_ones_do_not()
    {
        var driver = new FakeCuda();
        using var device = Fake(driver);
        var engine = new EinsumEngine(new EinsumOptions { Backend = new AutoBackend(CpuBackend.Default, device) });
        var (small, large) = (engine.Plan<float>("ij,jk->ik", [8, 8], [8, 8]).ToString(), engine.Plan<float>("ij,jk->ik", [8192, 8192], [8192, 8192]).ToString());
        Assert.That(small, Does.Match(@"backend +cpu: about .*; gpu about .* copies"));
        Assert.That(large, Does.Match(@"backend +gpu: about .* of which .* copies; cpu about"));
        Assert.That(engine.Eval<float>("i->", new float[] { 1, 2 })[0], Is.EqualTo(3));
        Assert.That(driver.Calls, Has.No.Member("cuLaunchKernel"));
    }

    [Test]
    public void The_default_takes_the_first_device_that_is_none_of_the_hosts()
    {
        using var device = Fake(new FakeCuda());
        var auto = AutoBackend.Choose([device.Device], [], () => device);
        Assert.That(auto.Name, Is.EqualTo("auto (cpu, gpu Test GPU)"));
        Assert.That(new EinsumEngine(new EinsumOptions { Backend = auto }).Plan<float>("ij,jk->ik", [8192, 8192], [8192, 8192]).ToString(), Does.Match("backend +gpu: about"));
        Assert.That(AutoBackend.Default.Name, Is.EqualTo(GpuDevice.All is [{ IsProcessor: false }, ..] ? $"auto (cpu, {GpuBackend.Default.Name})" : "auto (cpu)"));
    }

    [Test]
    public void Without_a_device_the_choice_is_the_cpu_and_says_so()
    {
        var fake = new FakeCuda().Device;
        GpuDevice[] processor = [GpuDevice.Of(fake with { Limits = fake.Limits with { IsProcessor = true, Name = "A CPU" } })];
        var auto = AutoBackend.Choose(processor, ["CUDA: no library"], () => throw new InvalidOperationException());
        auto.Measure();
        var engine = new EinsumEngine(new EinsumOptions { Backend = auto });
        const string why = "cpu: there is no GPU: CUDA: no library; A CPU is the host's own processor";
        Assert.That(auto.Name, Is.EqualTo("auto (cpu)"));
        Assert.That(engine.Plan<Half>("ij,jk->ik", [80, 80], [80, 80]).ToString(), Does.Match($"backend +{why}"));
        Assert.That(engine.Plan<Half>("ij,jk->ik", [80, 80], [80, 80]).Kernels.ToString(), Is.EqualTo(Einsum.Plan<Half>("ij,jk->ik", [80, 80], [80, 80]).Kernels.ToString()));
        Assert.That(engine.CompileMany<float>("i->", [[3]]).ToString(), Is.EqualTo($"i-> of 1 members; {why}"));
        Assert.That(engine.EvalMany<float>("i->", new Operand<float>[] { new float[] { 1, 2 } })[0][0], Is.EqualTo(3));
        Assert.That(engine.Eval<float>("i->", new float[] { 1, 2 })[0], Is.EqualTo(3));
        Assert.That(engine.Compile<float>("i->", [2]).Tune(), Is.Zero);
        var twice = EinsumNet.Functions.Fn.Jit(x => x * 2).On(engine);
        Assert.That(twice.Eval<float>(new float[] { 1, 2 }).ToArray(), Is.EqualTo(new float[] { 2, 4 }));
        Assert.That(twice.Explain<float>([2]), Does.Contain(why));
        foreach (var call in (Action[])[() => engine.EvalResident<float>("i->", new float[2]), () => engine.EvalManyResident<float>("i->", new Operand<float>[] { new float[2] }), () => twice.EvalResident<float>(new float[2])])
            Assert.That(call, Throws.InstanceOf<EinsumException>().With.Property("Code").EqualTo("EIN0706"));
    }

    [Test]
    public void A_product_moved_for_nothing_stays_on_the_host()
    {
        using var device = Fake(new FakeCuda());
        // As many bytes to be copied as there are additions.
        var engine = new EinsumEngine(new EinsumOptions { Backend = new AutoBackend(CpuBackend.Default, device) });
        Assert.That(engine.Plan<float>("i,i->i", [10_000_000], [10_000_000]).ToString(), Does.Match(@"backend +cpu"));
    }

    [Test]
    public void A_device_without_doubles_is_not_asked_for_them()
    {
        var device = new FakeCuda { OnLaunch = (_, _) => { } }.Device;
        using var backend = new GpuBackend(GpuDevice.Of(device with { Limits = device.Limits with { HasDouble = false } }), new GpuOptions { CacheDirectory = "" });
        // So fast that everything would be its.
        backend.Session.Rates.Keep(new DeviceRates(1e18, 1e18, 1e18, 1e18, LaunchTime: 1e-12, CopyTime: 1e-12, IsMeasured: true));
        var engine = new EinsumEngine(new EinsumOptions { Backend = new AutoBackend(CpuBackend.Default, backend) });
        Assert.That(engine.Plan<float>("i->", [100]).ToString(), Does.Match("backend +gpu: about"));
        Assert.That(engine.Plan<double>("i->", [100]).ToString(), Does.Match("backend +cpu: about .*; gpu has no 64-bit floating point"));
        Assert.That(engine.Eval<double>("i->", new double[] { 1, 2 })[0], Is.EqualTo(3));
        foreach (var result in engine.EvalMany<double>("i->", new Operand<double>[] { new double[] { 1, 2 }, new double[] { 3 } })) Assert.That(result[0], Is.EqualTo(3));
    }

    /// <summary>Cards made for pictures have one unit for doubles to 32 or 64 for floats.</summary>
    [Test]
    public void Doubles_go_by_a_rate_of_their_own()
    {
        using var device = Fake(new FakeCuda());
        device.Session.Rates.Keep(new DeviceRates(1e15, 1e9, 1e15, 1e15, LaunchTime: 1e-12, CopyTime: 1e-12, IsMeasured: true));
        var engine = new EinsumEngine(new EinsumOptions { Backend = new AutoBackend(CpuBackend.Default, device) });
        Assert.That(Line<float>(), Does.StartWith("gpu: about"));
        Assert.That(Line<double>(), Does.StartWith("cpu: about").And.Contain("; gpu about 1000 ms,"), "a billion multiply-adds");
        Assert.That(Line<System.Numerics.Complex>(), Does.StartWith("cpu: about").And.Contain("; gpu about 4000 ms,"), "of which four are one of complex numbers");
        var function = Fn.Jit(x => (x * x + x).Sum(1)).On(engine);
        Assert.That(function.Explain<float>([1000, 1000]), Does.Contain("\nbackend    gpu: about"));
        Assert.That(function.Explain<double>([1000, 1000]), Does.Contain("\nbackend    cpu: about"));
        var program = engine.Plan<double>("ij,jk->ik", [1000, 1000], [1000, 1000]).Kernels;
        Assert.That(RunEstimate.Of([program], default, new HostRates(1e15, 1e9, 1e15, StepTime: 1e-12), device.Session.Rates.Rates).Host, Is.EqualTo(1).Within(1e-6), "on the host too");

        string Line<T>() where T : unmanaged => engine.Plan<T>("ij,jk->ik", [1000, 1000], [1000, 1000]).ToString().Split('\n').Single(line => line.StartsWith("backend "))["backend    ".Length..];
    }

    [Test]
    public void Doubles_are_measured_where_the_device_has_them([Values] bool hasDouble)
    {
        var driver = new FakeCuda { OnLaunch = (_, _) => { } };
        using var backend = new GpuBackend(GpuDevice.Of(driver.Device with { Limits = driver.Device.Limits with { HasDouble = hasDouble } }), new GpuOptions { CacheDirectory = "" });
        var host = new RecordingBackend();
        new AutoBackend(host, backend).Measure();
        Assert.That(host.Products, Is.EqualTo([ElementType.Float, ElementType.Double]));
        Assert.That(driver.Sources.Any(source => source.Contains("const f32 *")));
        Assert.That(driver.Sources.Any(source => source.Contains("const f64 *")), Is.EqualTo(hasDouble));
        Assert.That(backend.Session.Rates.Rates.WideMultiplyAdds, Is.Positive);
    }

    /// <summary>The CPU's backend, which notes the types of the products that it is given.</summary>
    sealed class RecordingBackend : EinsumBackend
    {
        internal List<ElementType> Products { get; } = [];

        public override string Name => "recording";

        internal override CacheStatistics KernelStatistics => CpuBackend.Default.KernelStatistics;

        internal override Executable Load(KernelProgram program, RunSettings settings)
        {
            Products.AddRange(program.Steps.Where(step => step.Plan.Kind == KernelKind.Contraction).Select(step => step.Plan.Element));
            return CpuBackend.Default.Load(program, settings);
        }

        internal override string Describe(KernelPlan plan) => CpuBackend.Default.Describe(plan);

        internal override void Share<TJob>(ref TJob job, int tasks, int maxThreads) => CpuBackend.Default.Share(ref job, tasks, maxThreads);
    }

    [TestCase(80, false, 2)]
    [TestCase(89, false, 32)]
    [TestCase(0, false, 32)]
    [TestCase(0, true, 2)]
    public void Doubles_are_typically_slower(int sm, bool isProcessor, double factor)
    {
        var rates = DeviceRates.Typical(Limits.Cuda(sm) with { IsProcessor = isProcessor });
        Assert.That(rates.MultiplyAdds / rates.WideMultiplyAdds, Is.EqualTo(factor).Within(1e-9));
        Assert.That(HostRates.Typical.MultiplyAdds / HostRates.Typical.WideMultiplyAdds, Is.EqualTo(2));
    }

    /// <summary>On the host halves are copied to floats and back around the steps, which takes workspace; on the device they are read and written as they are.</summary>
    [Test]
    public void A_plan_that_is_printed_again_goes_by_the_rates_of_then()
    {
        using var device = Fake(new FakeCuda());
        var plan = new EinsumEngine(new EinsumOptions { Backend = new AutoBackend(CpuBackend.Default, device) }).Plan<Half>("ij,jk,kl->il", [64, 64], [64, 64], [64, 64]);
        var before = Read();
        Assert.That(before.Line, Does.StartWith("cpu: about").And.EndsWith("(typical rates)"));
        device.Session.Rates.Keep(new DeviceRates(1e18, 1e18, 1e18, 1e18, LaunchTime: 1e-12, CopyTime: 1e-12, IsMeasured: true));
        var fast = Read();
        Assert.That(fast.Line, Does.StartWith("gpu: about").And.EndsWith("(measured rates)"));
        Assert.That((fast.Steps, fast.Printed), Is.EqualTo((2, 2)));
        device.Session.Rates.Keep(new DeviceRates(1, 1, 1, 1, LaunchTime: 1, CopyTime: 1, IsMeasured: true));
        var slow = Read();
        Assert.That(slow.Line, Does.StartWith("cpu: about").And.EndsWith("(measured rates)"));
        Assert.That((slow.Steps, slow.Printed, slow.Workspace), Is.EqualTo((before.Steps, before.Printed, before.Workspace)));
        Assert.That(fast.Steps, Is.LessThan(slow.Steps));
        Assert.That(fast.Workspace, Is.Not.EqualTo(slow.Workspace));

        (string Line, int Steps, int Printed, string Workspace) Read()
        {
            var lines = plan.ToString().Split('\n');
            var line = lines.Single(line => line.StartsWith("backend "))["backend    ".Length..];
            return (line, plan.Steps.Length, lines.Count(line => line.StartsWith('%')), lines.Single(line => line.StartsWith("cost "))[^20..]);
        }
    }

    [Test]
    public void Rates_are_kept_for_what_multiplies()
    {
        var folder = Directory.CreateTempSubdirectory("einsum-rates").FullName;
        try
        {
            var rates = new DeviceRates(1, 2, 3, 4, 5, 6, IsMeasured: true);
            var device = new FakeCuda().Device with { Blas = new FakeCuBlas() };
            var options = new GpuOptions { CacheDirectory = folder, Precision = MatrixPrecision.Tf32 };
            using (var rounded = new GpuBackend(GpuDevice.Of(device), options)) rounded.Session.Rates.Keep(rates);
            using (var again = new GpuBackend(GpuDevice.Of(device), options)) Assert.That(again.Session.Rates.Rates, Is.EqualTo(rates));
            using (var full = new GpuBackend(GpuDevice.Of(device), options with { Precision = MatrixPrecision.Full })) Assert.That(full.Session.Rates.Rates.IsMeasured, Is.False);
            using (var own = new GpuBackend(GpuDevice.Of(device), options with { UseVendorLibrary = false })) Assert.That(own.Session.Rates.Rates.IsMeasured, Is.False);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void Tensors_on_the_device_decide()
    {
        var driver = new FakeCuda { OnLaunch = (_, _) => { } };
        using var device = Fake(driver);
        var engine = new EinsumEngine(new EinsumOptions { Backend = new AutoBackend(CpuBackend.Default, device) });
        using var tensor = device.ToDevice<float>(new float[] { 1, 2 });
        using var result = engine.EvalResident<float>("i->i", tensor);
        Assert.That(driver.Calls, Does.Contain("cuLaunchKernel"));
    }

    [Test]
    public void A_list_is_decided_as_one()
    {
        var driver = new FakeCuda { OnLaunch = (_, _) => { }, Parameters = 9 };
        using var device = Fake(driver);
        device.Session.Rates.Keep(new DeviceRates(1e15, 1e15, 1e15, 1e15, LaunchTime: 1e-2, CopyTime: 1e-4, IsMeasured: true));
        var engine = new EinsumEngine(new EinsumOptions { Backend = new AutoBackend(CpuBackend.Default, device) });
        var matrix = new Operand<float>(new float[300 * 300], [300, 300]);
        // One is not worth a launch, a hundred together are.
        Assert.That(engine.Plan<float>("ij,jk->ik", [300, 300], [300, 300]).ToString(), Does.Match("backend +cpu"));
        var hundred = engine.CompileMany<float>("ij,jk->ik", [.. Enumerable.Repeat<Shape>([300, 300], 100)], [.. Enumerable.Repeat<Shape>([300, 300], 100)]);
        Assert.That(hundred.ToString(), Does.Match(@"^ij,jk->ik of 100 members; gpu: about .* copies; cpu about .* \(measured rates\)$"));
        hundred.Invoke(Enumerable.Repeat(matrix, 100).ToArray(), Enumerable.Repeat(matrix, 100).ToArray());
        Assert.That(driver.Calls.Count(call => call == "cuLaunchKernel"), Is.EqualTo(1));
        driver.Calls.Clear();
        var two = engine.CompileMany<float>("ij,jk->ik", [.. Enumerable.Repeat<Shape>([3, 3], 2)], [.. Enumerable.Repeat<Shape>([3, 3], 2)]);
        Assert.That(two.ToString(), Does.StartWith("ij,jk->ik of 2 members; cpu: about"));
        var ones = new Operand<float>(Enumerable.Repeat(1f, 9).ToArray(), [3, 3]);
        foreach (var result in two.Invoke(new[] { ones, ones }, new[] { ones, ones })) Assert.That(result.ToArray(), Is.All.EqualTo(3f));
        Assert.That(driver.Calls, Has.No.Member("cuLaunchKernel"));
        Assert.That(Einsum.CompileMany<float>("i->", [[3]]).ToString(), Is.EqualTo("i-> of 1 members"));
    }

    [Test]
    public void A_list_with_a_tensor_on_the_device_is_the_devices()
    {
        var driver = new FakeCuda { OnLaunch = (_, _) => { } };
        using var device = Fake(driver);
        var engine = new EinsumEngine(new EinsumOptions { Backend = new AutoBackend(CpuBackend.Default, device) });
        using var tensor = device.ToDevice<float>(new float[] { 1, 2 });
        Assert.That(engine.EvalMany<float>("i->", new Operand<float>[] { tensor, new float[] { 3, 4 } }), Has.Length.EqualTo(2));
        Assert.That(driver.Calls.Count(call => call == "cuLaunchKernel"), Is.EqualTo(2));
    }

    [Test]
    public void Rates_are_typical_until_they_are_measured_and_then_kept()
    {
        TestDevices.RequireDevice();
        var folder = Directory.CreateTempSubdirectory("einsum-rates").FullName;
        try
        {
            var options = new GpuOptions { CacheDirectory = folder };
            DeviceRates measured;
            using (var device = new GpuBackend(TestDevices.Backend.Device, options))
            {
                var auto = new AutoBackend(CpuBackend.Default, device);
                var engine = new EinsumEngine(new EinsumOptions { Backend = auto });
                Assert.That(engine.Plan<float>("ij,jk->ik", [80, 80], [80, 80]).ToString(), Does.Contain("(typical rates)"));
                auto.Measure();
                measured = device.Session.Rates.Rates;
                Assert.That(measured.IsMeasured);
                Assert.That(new[] { measured.MultiplyAdds, measured.WideMultiplyAdds, measured.Bandwidth, measured.CopyBandwidth, measured.LaunchTime, measured.CopyTime }, Is.All.Positive);
                Assert.That(engine.Plan<float>("ij,jk->ik", [81, 81], [81, 81]).ToString(), Does.Contain("(measured rates)"));
            }
            using var later = new GpuBackend(TestDevices.Backend.Device, options);
            Assert.That(later.Session.Rates.Rates, Is.EqualTo(measured));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestCase("1 2 3 4 5 6", true)]
    [TestCase("1 2 3 4 5", false)]
    [TestCase("1 2 3 4 5 -6", false)]
    [TestCase("1 2 3 4 5 NaN", false)]
    [TestCase("", false)]
    public void Rates_that_are_none_are_measured_again(string text, bool isGood) => Assert.That(DeviceRates.Of(System.Text.Encoding.ASCII.GetBytes(text)) is not null, Is.EqualTo(isGood));

    [TestCase(MatrixPrecision.Full, "tiled")]
    [TestCase(MatrixPrecision.Tf32, "tensor-core")]
    public void Plans_say_the_kernel_that_the_precision_allows(MatrixPrecision precision, string kernel)
    {
        using var device = new GpuBackend(GpuDevice.Of(new FakeCuda().Device), new GpuOptions { CacheDirectory = "", Precision = precision });
        var engine = new EinsumEngine(new EinsumOptions { Backend = device });
        Assert.That(engine.Plan<float>("ij,jk->ik", [512, 512], [512, 512]).ToString(), Does.Contain($"contraction: {kernel}"));
    }
}
