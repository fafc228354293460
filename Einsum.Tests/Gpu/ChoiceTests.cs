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
    public void Tensors_on_the_device_decide()
    {
        var driver = new FakeCuda { OnLaunch = (_, _) => { } };
        using var device = Fake(driver);
        var engine = new EinsumEngine(new EinsumOptions { Backend = new AutoBackend(CpuBackend.Default, device) });
        using var tensor = device.ToDevice<float>(new float[] { 1, 2 });
        using var result = engine.EvalResident<float>("i->i", tensor);
        Assert.That(driver.Calls, Does.Contain("cuLaunchKernel"));
    }

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
        TestDevices.RequireOpenCl();
        var folder = Directory.CreateTempSubdirectory("einsum-tune").FullName;
        try
        {
            var options = new GpuOptions { CacheDirectory = folder };
            KernelPlan plan;
            TileShape? tile;
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
    public void The_cpu_has_nothing_to_measure() => Assert.That(Einsum.Compile<float>("ij,jk->ik", [4, 4], [4, 4]).Tune(), Is.Zero);
}
