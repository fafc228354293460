using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Gpu;
using EinsumNet.Functions;

namespace EinsumNet.Tests.Gpu;

/// <summary>Measuring the einsums of compiled functions.</summary>
sealed class FunctionTuneTests
{
    static readonly Shape s_square = [256, 256];

    /// <summary>Two equal products and one in a loop: each takes what was measured, whatever that is, and a program compiled before does not stay.</summary>
    [Test]
    public void Einsums_and_those_in_loops_are_measured([Values] bool isChoice)
    {
        var driver = new FakeCuda { OnLaunch = (_, _) => { } };
        using var backend = new GpuBackend(GpuDevice.Of(driver.Device), new GpuOptions { CacheDirectory = "" });
        backend.Session.Rates.Keep(new DeviceRates(1e18, 1e18, 1e18, 1e18, LaunchTime: 1e-12, CopyTime: 1e-12, IsMeasured: true));
        var engine = new EinsumEngine(new EinsumOptions { Backend = isChoice ? new AutoBackend(CpuBackend.Default, backend) : backend });
        var function = Fn.Jit((x, y) => Fn.ForiLoop(0, 3, (_, c) => c.Transpose().MatMul(y), x.MatMul(y) + y.MatMul(x))).On(engine);
        var contracts = function.Compile<float>(s_square, s_square).Contracts.ToArray();
        Assert.That(contracts, Has.Length.EqualTo(3));
        var plans = contracts.Select(step => step.Kernels.Steps.Single(each => each.Plan.Kind == KernelKind.Contraction).Plan).ToArray();
        Assert.That(plans.Distinct().Count(), Is.EqualTo(2), "equal ones are measured once");
        Assert.That(plans.Select(plan => backend.Session.Tiles.Find(plan)), Is.All.Null);
        _ = function.Tune<float>(s_square, s_square);
        Assert.That(plans.Select(plan => backend.Session.Tiles.Find(plan)), Is.All.Not.Null);
        // What is in use now is other than the fastest, but for those whose tile it is.
        foreach (var tile in KernelEmitter.Tiles(plans[0], backend.Session.Runtime.Limits, KernelDialect.Cuda, backend.Session.Emission))
        {
            foreach (var plan in plans) backend.Session.Tiles.Keep(plan, new TunedTile(tile, 1));
            var changed = function.Tune<float>(s_square, s_square);
            Assert.That(changed, Is.EqualTo(plans.Count(plan => backend.Session.Tiles.Find(plan) != new TunedTile(tile, 1))));
        }
    }

    [Test]
    public void A_program_that_was_compiled_before_is_compiled_again()
    {
        using var backend = new GpuBackend(GpuDevice.Of(new FakeCuda { OnLaunch = (_, _) => { } }.Device), new GpuOptions { CacheDirectory = "" });
        var function = Fn.Jit((x, y) => x.MatMul(y)).On(new EinsumEngine(new EinsumOptions { Backend = backend }));
        Assert.That(Taken(), Is.Positive);
        Assert.That(Taken(), Is.Zero);
        _ = function.Tune<float>(s_square, s_square);
        Assert.That(Taken(), Is.Positive);

        // How many kernels a call looks up.
        long Taken()
        {
            var before = backend.Session.Kernels.Statistics;
            using (function.EvalResident<float>(new float[256, 256], new float[256, 256])) { }
            var after = backend.Session.Kernels.Statistics;
            return after.Hits + after.Misses - before.Hits - before.Misses;
        }
    }

    [Test]
    public void What_was_measured_computes_the_same()
    {
        TestDevices.RequireDevice();
        using var backend = new GpuBackend(TestDevices.Backend.Device, new GpuOptions { CacheDirectory = "" });
        var function = Fn.Jit((x, y) => Fn.Max(x.MatMul(y), 0)).On(new EinsumEngine(new EinsumOptions { Backend = backend }));
        var random = new Random(1);
        Operand<float> Matrix() => new(Enumerable.Range(0, 48 * 48).Select(_ => (float)random.Next(-5, 6)).ToArray(), [48, 48]);
        var (x, y) = (Matrix(), Matrix());
        var before = function.Eval<float>(x, y).ToArray();
        Assert.That(function.Tune<float>([48, 48], [48, 48]), Is.AtLeast(0));
        Assert.That(function.Eval<float>(x, y).ToArray(), Is.EqualTo(before));
    }

    [Test]
    public void The_processor_has_nothing_to_measure() => Assert.That(Fn.Jit((x, y) => x.MatMul(y)).Tune<float>(s_square, s_square), Is.Zero);

    [Test]
    public void Shapes_that_do_not_fit_are_refused() => Assert.That(() => Fn.Jit((x, y) => x + y).Tune<float>([2], [3]), Throws.InstanceOf<EinsumException>());
}
