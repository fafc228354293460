using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>Which of two backends runs a program, what plans say of it, and which kernels are measured.</summary>
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
        backend.Session.Rates.Keep(new DeviceRates(1e18, 1e18, 1e18, LaunchTime: 1e-12, CopyTime: 1e-12, IsMeasured: true));
        var engine = new EinsumEngine(new EinsumOptions { Backend = new AutoBackend(CpuBackend.Default, backend) });
        Assert.That(engine.Plan<float>("i->", [100]).ToString(), Does.Match("backend +gpu: about"));
        Assert.That(engine.Plan<double>("i->", [100]).ToString(), Does.Match("backend +cpu: about .*; gpu has no 64-bit floating point"));
        Assert.That(engine.Eval<double>("i->", new double[] { 1, 2 })[0], Is.EqualTo(3));
        foreach (var result in engine.EvalMany<double>("i->", new Operand<double>[] { new double[] { 1, 2 }, new double[] { 3 } })) Assert.That(result[0], Is.EqualTo(3));
    }

    [Test]
    public void Rates_are_kept_for_what_multiplies()
    {
        var folder = Directory.CreateTempSubdirectory("einsum-rates").FullName;
        try
        {
            var rates = new DeviceRates(1, 2, 3, 4, 5, IsMeasured: true);
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
        device.Session.Rates.Keep(new DeviceRates(1e15, 1e15, 1e15, LaunchTime: 1e-2, CopyTime: 1e-4, IsMeasured: true));
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
                Assert.That(new[] { measured.MultiplyAdds, measured.Bandwidth, measured.CopyBandwidth, measured.LaunchTime, measured.CopyTime }, Is.All.Positive);
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

    [TestCase("1 2 3 4 5", true)]
    [TestCase("1 2 3 4", false)]
    [TestCase("1 2 3 4 -5", false)]
    [TestCase("1 2 3 4 NaN", false)]
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

    [Test]
    public void What_was_measured_is_taken_and_found_again()
    {
        TestDevices.RequireDevice();
        var folder = Directory.CreateTempSubdirectory("einsum-tune").FullName;
        try
        {
            var options = new GpuOptions { CacheDirectory = folder };
            KernelPlan plan;
            TunedTile? tile;
            using (var backend = new GpuBackend(TestDevices.Backend.Device, options))
            {
                var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
                var expression = engine.Compile<float>("ij,jk->ik", [40, 40], [40, 40]);
                var ones = Enumerable.Repeat(1f, 1600).ToArray();
                var changed = expression.Tune();
                plan = expression.Plan.Kernels.Steps[0].Plan;
                tile = backend.Session.Tiles.Find(plan);
                Assert.That(tile, Is.Not.Null);
                Assert.That(changed, Is.InRange(0, 1));
                Assert.That(expression.Invoke(new(ones, [40, 40]), new(ones, [40, 40])).ToArray(), Is.All.EqualTo(40));
            }
            using var later = new GpuBackend(TestDevices.Backend.Device, options);
            Assert.That(later.Session.Tiles.Find(plan), Is.EqualTo(tile));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void A_stored_choice_is_what_is_launched()
    {
        using var folder = new Folder();
        var options = new GpuOptions { CacheDirectory = folder.Path };
        var launched = new List<(uint Groups, uint Threads, uint Shared)>();
        var driver = new FakeCuda { OnLaunch = (_, geometry) => launched.Add(geometry) };
        using var backend = new GpuBackend(GpuDevice.Of(driver.Device), options);
        var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
        var program = engine.Plan<float>("ij,jk->ik", [256, 256], [256, 256]).Kernels;
        var plan = program.Steps[0].Plan;
        var (limits, emission) = (backend.Session.Runtime.Limits, backend.Session.Emission);
        var tiles = KernelEmitter.Tiles(plan, limits, KernelDialect.Cuda, emission);
        var model = Sources(emission);
        Assert.That(Planned(backend), Is.EqualTo(model));

        var chosen = new TunedTile(tiles[2], TileModel.Splits(MatrixShape.Of(plan), tiles[2]).Last());
        backend.Session.Tiles.Keep(plan, chosen);
        var expected = Sources(emission with { Tile = chosen.Tile, Splits = chosen.Splits });
        Assert.That(expected, Is.Not.EqualTo(model));
        Assert.That(Planned(backend), Is.EqualTo(expected));
        Assert.That(Launched(engine), Is.EqualTo(expected.Select(kernel => kernel.Launch.GroupsX)));
        // A driver of its own: it shares no more than the directory.
        using var later = new GpuBackend(GpuDevice.Of(new FakeCuda { OnLaunch = (_, geometry) => launched.Add(geometry) }.Device), options);
        Assert.That(Planned(later), Is.EqualTo(expected));
        Assert.That(Launched(new EinsumEngine(new EinsumOptions { Backend = later })), Is.EqualTo(expected.Select(kernel => kernel.Launch.GroupsX)));

        // The tile of another family, and how its sums are split, are both of no use to this one.
        later.Session.Tiles.Keep(plan, new TunedTile(new TileShape(24, 24, 24, 3, 3), chosen.Splits));
        Assert.That(Planned(later), Is.EqualTo(model));

        (string Source, Launch Launch)[] Sources(EmitOptions how) => [.. KernelEmitter.Emit(plan, limits, KernelDialect.Cuda, how).Select(kernel => (kernel.Source, kernel.Launch))];

        (string Source, Launch Launch)[] Planned(GpuBackend on) =>
            [.. new LaunchPlan(on.Session, program, isMember: false).Launches.Cast<ProgramLaunch.Kernel>().Select(launch => (launch.Emitted.Source, launch.Emitted.Launch))];

        long[] Launched(EinsumEngine on)
        {
            launched.Clear();
            var matrix = new Operand<float>(new float[256 * 256], [256, 256]);
            on.Eval<float>("ij,jk->ik", matrix, matrix);
            return [.. launched.Select(geometry => (long)geometry.Groups)];
        }
    }

    [Test]
    public void Measuring_tells_what_differs_from_what_was_in_use()
    {
        using var folder = new Folder();
        var driver = new FakeCuda { OnLaunch = (_, _) => { } };
        using var backend = new GpuBackend(GpuDevice.Of(driver.Device), new GpuOptions { CacheDirectory = folder.Path });
        var expression = new EinsumEngine(new EinsumOptions { Backend = backend }).Compile<float>("ij,jk->ik", [256, 256], [256, 256]);
        var plan = expression.Plan.Kernels.Steps[0].Plan;
        var tiles = KernelEmitter.Tiles(plan, backend.Session.Runtime.Limits, KernelDialect.Cuda, backend.Session.Emission);
        foreach (var tile in tiles)
        {
            var used = new TunedTile(tile, 1);
            backend.Session.Tiles.Keep(plan, used);
            Assert.That(expression.Tune(), Is.EqualTo(backend.Session.Tiles.Find(plan) == used ? 0 : 1), $"{tile}");
        }
    }

    [Test]
    public void The_cpu_has_nothing_to_measure() => Assert.That(Einsum.Compile<float>("ij,jk->ik", [4, 4], [4, 4]).Tune(), Is.Zero);
}
