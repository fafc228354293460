using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Gpu;
using EinsumNet.Functions;

namespace EinsumNet.Tests.Gpu;

/// <summary>Which kernels are measured, and who takes what was fastest.</summary>
sealed class TuneTests
{
    static GpuBackend Fake(FakeCuda driver) => new(GpuDevice.Of(driver.Device), new GpuOptions { CacheDirectory = "" });

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
            [.. new LaunchPlan(on.Session, program, isMember: false).Compiled.Launches.Cast<ProgramLaunch.Kernel>().Select(launch => (launch.Emitted.Source, launch.Emitted.Launch))];

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
    public void Equal_steps_are_measured_once_and_counted_as_often_as_they_are_taken()
    {
        var driver = new FakeCuda { OnLaunch = (_, _) => { } };
        using var backend = new GpuBackend(GpuDevice.Of(driver.Device), new GpuOptions { CacheDirectory = "" });
        var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
        var (once, twice) = (engine.Compile<float>("ij,jk->ik", [256, 256], [256, 256]), engine.Compile<float>("ij,jk,kl->il", [256, 256], [256, 256], [256, 256]));
        var plan = once.Plan.Kernels.Steps[0].Plan;
        Assert.That(twice.Plan.Kernels.Steps.Select(step => step.Plan.ToString()), Is.EqualTo(new[] { plan.ToString(), plan.ToString() }));
        foreach (var tile in KernelEmitter.Tiles(plan, backend.Session.Runtime.Limits, KernelDialect.Cuda, backend.Session.Emission))
        {
            var used = new TunedTile(tile, 1);
            backend.Session.Tiles.Keep(plan, used);
            Assert.That(twice.Tune(), Is.EqualTo(backend.Session.Tiles.Find(plan) == used ? 0 : 2), $"{tile}");
        }
    }

    [Test]
    public void Measuring_takes_scratch_memory_for_one_candidate()
    {
        Shape left = [64, 8192], right = [8192, 64];
        long scratch = 0, sum = 0;
        using (var free = Fake(new FakeCuda { OnLaunch = (_, _) => { } }))
        {
            var plan = new EinsumEngine(new EinsumOptions { Backend = free }).Plan<float>("ij,jk->ik", left, right).Kernels.Steps[0].Plan;
            var (limits, emission) = (free.Session.Runtime.Limits, free.Session.Emission);
            foreach (var tile in KernelEmitter.Tiles(plan, limits, KernelDialect.Cuda, emission))
            {
                var splits = KernelEmitter.Splits(plan, tile, limits, KernelDialect.Cuda, emission);
                long Bytes(int count) => KernelEmitter.Emit(plan, limits, KernelDialect.Cuda, emission with { Tile = tile, Splits = count }).Max(kernel => kernel.ScratchBytes);
                scratch = Math.Max(scratch, splits.Max(Bytes));
                sum += Bytes(splits[0]);
            }
        }
        // The pool's classes are up to a quarter larger than what is asked for.
        var budget = 2 * (64 * 8192 * sizeof(float)) + 64 * 64 * sizeof(float) + scratch * 5 / 4;
        Assert.That(sum, Is.GreaterThan(scratch * 5 / 4));
        using var device = new GpuBackend(GpuDevice.Of(new FakeCuda { OnLaunch = (_, _) => { } }.Device), new GpuOptions { CacheDirectory = "", MemoryBudget = budget });
        Assert.That(new EinsumEngine(new EinsumOptions { Backend = device }).Compile<float>("ij,jk->ik", left, right).Tune(), Is.InRange(0, 1));
    }

    [Test]
    public void What_the_device_cannot_run_is_not_measured()
    {
        var device = new FakeCuda().Device;
        using var backend = new GpuBackend(GpuDevice.Of(device with { Limits = device.Limits with { HasDouble = false } }), new GpuOptions { CacheDirectory = "" });
        var engine = new EinsumEngine(new EinsumOptions { Backend = new AutoBackend(CpuBackend.Default, backend) });
        Assert.That(engine.CompileMany<double>("ij,jk->ik", [[40, 50], [60, 50]], [[50, 30]]).Tune(), Is.Zero);
        Assert.That(engine.Compile<double>("ij,jk->ik", [256, 256], [256, 256]).Tune(), Is.Zero);
        Assert.That(backend.KernelStatistics.Count, Is.Zero);
    }

    [TestCase("ij->ji", "transpose")]
    [TestCase("ij->i", "rows")]
    [TestCase("ij->j", "columns")]
    public void Transposes_and_sums_are_measured_too(string equation, string family)
    {
        TestDevices.RequireDevice();
        using var backend = new GpuBackend(TestDevices.Backend.Device, new GpuOptions { CacheDirectory = "" });
        var expression = new EinsumEngine(new EinsumOptions { Backend = backend }).Compile<float>(equation, [200, 300]);
        Assert.That(expression.Plan.ToString(), Does.Contain($": {family}"));
        Assert.That(expression.Tune(), Is.InRange(0, 1));
        Assert.That(backend.Session.Tiles.Find(expression.Plan.Kernels.Steps[0].Plan), Is.Not.Null);
        var numbers = new Operand<float>(Enumerable.Range(0, 60000).Select(i => (float)(i % 7)).ToArray(), [200, 300]);
        Assert.That(expression.Invoke(numbers).ToArray(), Is.EqualTo(Einsum.Eval<float>(equation, numbers).ToArray()));
    }

    [Test]
    public void Lists_are_measured_and_launched_with_what_was_fastest()
    {
        TestDevices.RequireDevice();
        using var folder = new Folder();
        var options = new GpuOptions { CacheDirectory = folder.Path };
        Shape[] shapes = [.. Enumerable.Range(20, 6).Select(size => Shape.Create([size, 30]))];
        using (var backend = new GpuBackend(TestDevices.Backend.Device, options))
        {
            var batch = new EinsumEngine(new EinsumOptions { Backend = backend }).CompileMany<float>("ij,jk->ik", shapes, [[30, 25]]);
            Assert.That(batch.Tune(), Is.EqualTo(0).Or.EqualTo(6));
            Operand<float>[] left = [.. shapes.Select(shape => new Operand<float>(Enumerable.Range(0, (int)shape[0] * 30).Select(i => (float)(i % 5)).ToArray(), shape))];
            Operand<float>[] right = [new Operand<float>(Enumerable.Range(0, 750).Select(i => (float)(i % 3)).ToArray(), [30, 25])];
            foreach (var (i, result) in batch.Invoke(left, right).Index()) Assert.That(result.ToArray(), Is.EqualTo(Einsum.Eval<float>("ij,jk->ik", left[i], right[0]).ToArray()));
        }
        var plans = shapes.Select(shape => Einsum.Plan<float>("ij,jk->ik", shape, [30, 25]).Kernels.Steps[0].Plan).ToArray();
        using var later = new GpuBackend(TestDevices.Backend.Device, options);
        Assert.That(later.Session.ListTiles.Find(GroupedEmitter.Key(plans)), Is.Not.Null);

        var launched = new List<uint>();
        var driver = new FakeCuda { Parameters = 9, OnLaunch = (_, geometry) => launched.Add(geometry.Groups) };
        using var device = Fake(driver);
        var tiles = GroupedEmitter.Tiles(plans, device.Session.Runtime.Limits, KernelDialect.Cuda, device.Session.Emission);
        var list = new EinsumEngine(new EinsumOptions { Backend = device }).CompileMany<float>("ij,jk->ik", shapes, [[30, 25]]);
        foreach (var tile in tiles)
        {
            device.Session.ListTiles.Keep(GroupedEmitter.Key(plans), new TunedTile(tile, 1));
            list.Invoke(shapes.Select(shape => new Operand<float>(new float[shape[0] * 30], shape)).ToArray(), new Operand<float>[] { new(new float[750], [30, 25]) });
            Assert.That(launched[^1], Is.EqualTo(shapes.Sum(shape => (shape[0] + tile.Rows - 1) / tile.Rows * ((25 + tile.Columns - 1) / tile.Columns))), $"{tile}");
            var used = device.Session.ListTiles.Find(GroupedEmitter.Key(plans));
            Assert.That(list.Tune(), Is.EqualTo(device.Session.ListTiles.Find(GroupedEmitter.Key(plans)) == used ? 0 : 6), $"{tile}");
        }
    }

    [Test]
    public void Members_that_run_by_themselves_are_measured_too()
    {
        var launched = new List<uint>();
        var driver = new FakeCuda { OnLaunch = (_, geometry) => launched.Add(geometry.Groups) };
        using var device = Fake(driver);
        var engine = new EinsumEngine(new EinsumOptions { Backend = device });
        Shape[] shapes = [[300, 200], [300, 200], [90, 500]];
        var batch = engine.CompileMany<float>("ij->ji", shapes);
        var (limits, emission) = (device.Session.Runtime.Limits, device.Session.Emission);
        var plans = shapes[1..].Select(shape => engine.Plan<float>("ij->ji", shape).Kernels.Steps[0].Plan).ToArray();
        TunedTile?[] taken = [null, null];
        foreach (var tile in KernelEmitter.Tiles(plans[0], limits, KernelDialect.Cuda, emission))
        {
            // What another batch measured is taken with the next that is measured here; what counts is what ran before.
            foreach (var plan in plans) device.Session.Tiles.Keep(plan, new TunedTile(tile, 1));
            for (var i = 0; i < taken.Length; i++) taken[i] ??= new TunedTile(tile, 1);
            Assert.That(batch.Tune(), Is.EqualTo((Best(0) == taken[0] ? 0 : 2) + (Best(1) == taken[1] ? 0 : 1)), $"{tile}");
            batch.Invoke(shapes.Select(shape => new Operand<float>(new float[shape[0] * shape[1]], shape)).ToArray());
            Assert.That((launched[^3], launched[^1]), Is.EqualTo((Groups(0), Groups(1))), $"{tile}");
            taken = [Best(0), Best(1)];
        }

        TunedTile? Best(int plan) => device.Session.Tiles.Find(plans[plan]);

        long Groups(int plan) => KernelEmitter.Emit(plans[plan], limits, KernelDialect.Cuda, emission with { Tile = Best(plan)!.Value.Tile }).Single().Launch.GroupsX;
    }

    [Test]
    public void What_an_expression_measured_and_operands_on_the_device_are_tuned_too([Values] bool areThere, [Values] bool expressionFirst)
    {
        var (launched, fast) = (new List<uint>(), 0u);
        var driver = new FakeCuda
        {
            OnLaunch = (_, geometry) =>
            {
                launched.Add(geometry.Groups);
                if (fast != 0 && geometry.Groups != fast) Thread.Sleep(5);
            },
        };
        using var device = Fake(driver);
        var engine = new EinsumEngine(new EinsumOptions { Backend = device });
        Shape shape = [300, 200];
        Operand<float> here = new(new float[60000], shape);
        using var there = device.ToDevice(here);
        Operand<float>[] operands = [areThere ? there : here];
        var batch = engine.CompileMany<float>("ij->ji", [shape]);
        batch.Invoke(operands);
        var model = launched[^1];
        var (limits, emission, plan) = (device.Session.Runtime.Limits, device.Session.Emission, engine.Plan<float>("ij->ji", shape).Kernels.Steps[0].Plan);
        fast = KernelEmitter.Tiles(plan, limits, KernelDialect.Cuda, emission)
            .Select(tile => (uint)KernelEmitter.Emit(plan, limits, KernelDialect.Cuda, emission with { Tile = tile }).Single().Launch.GroupsX).First(groups => groups != model);
        if (expressionFirst) Assert.That(engine.Compile<float>("ij->ji", shape).Tune(), Is.EqualTo(1));
        // With operands on the device, what the batch was compiled for has not run, and would have taken what the expression measured.
        Assert.That(batch.Tune(), Is.EqualTo(areThere && expressionFirst ? 0 : 1));
        batch.Invoke(operands);
        Assert.That(launched[^1], Is.EqualTo(fast));
        Assert.That(batch.Tune(), Is.Zero);
    }

    [Test]
    public void Functions_take_what_was_measured_for_an_expression()
    {
        var launched = new List<uint>();
        using var device = Fake(new FakeCuda { OnLaunch = (_, geometry) => launched.Add(geometry.Groups) });
        var engine = new EinsumEngine(new EinsumOptions { Backend = device });
        var plan = engine.Plan<float>("ij,jk->ik", [256, 256], [256, 256]).Kernels.Steps[0].Plan;
        foreach (var tile in KernelEmitter.Tiles(plan, device.Session.Runtime.Limits, KernelDialect.Cuda, device.Session.Emission))
        {
            device.Session.Tiles.Keep(plan, new TunedTile(tile, 1));
            Fn.Jit((x, w) => Fn.Einsum("ij,jk->ik", x, w)).On(new EinsumEngine(new EinsumOptions { Backend = device })).Eval<float>(new float[256, 256], new float[256, 256]);
            Assert.That(launched[^1], Is.EqualTo((256 + tile.Rows - 1) / tile.Rows * ((256 + tile.Columns - 1) / tile.Columns)), $"{tile}");
        }
    }

    [Test]
    public void The_cpu_has_nothing_to_measure()
    {
        Assert.That(Einsum.Compile<float>("ij,jk->ik", [4, 4], [4, 4]).Tune(), Is.Zero);
        Assert.That(Einsum.CompileMany<float>("ij,jk->ik", [[4, 4]], [[4, 4]]).Tune(), Is.Zero);
    }
}
