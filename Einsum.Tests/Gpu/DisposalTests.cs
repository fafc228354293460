using EinsumNet.Backends.Gpu;
using EinsumNet.Functions;

namespace EinsumNet.Tests.Gpu;

/// <summary>What was made on a backend, disposed of before it and after it: nothing is given back twice, nothing is kept, and what is left works until its backend is gone.</summary>
sealed class DisposalTests
{
    static IEnumerable<int[]> Orders(int count) =>
        count == 0 ? [[]] : Orders(count - 1).SelectMany(order => Enumerable.Range(0, count).Select(at => (int[])[.. order[..at], count - 1, .. order[at..]]));

    static IEnumerable<int[]> OfThree => Orders(3);

    static IEnumerable<int[]> OfFour => Orders(4);

    /// <summary>In a context that is another's, which ends nothing by itself.</summary>
    static (FakeCuda Driver, GpuBackend Backend, EinsumEngine Engine) Open()
    {
        var driver = new FakeCuda { OnLaunch = (_, _) => { } };
        var backend = new GpuBackend(CudaAdoption.Device(driver, driver, FakeCuda.Context, 77), new GpuOptions { CacheDirectory = "" });
        return (driver, backend, new EinsumEngine(new EinsumOptions { Backend = backend }));
    }

    [Test]
    public void Adopted_tensors_and_what_was_made_of_them([ValueSource(nameof(OfThree))] int[] order)
    {
        var ((driver, backend, engine), released) = (Open(), 0);
        var adopted = backend.Adopt<float>(1, [2], release: () => released++);
        IDisposable[] all = [backend, adopted, engine.EvalResident<float>("i->i", adopted)];
        foreach (var each in order.Concat(order)) all[each].Dispose();
        Assert.That((released, driver.Alive), Is.EqualTo((1, 0)));
    }

    [Test]
    public void Functions_and_batches([ValueSource(nameof(OfFour))] int[] order)
    {
        var (driver, backend, engine) = Open();
        var operand = backend.ToDevice<float>(new float[] { 1, 2 });
        var function = Fn.Jit(x => x * 2).On(engine);
        var batch = engine.CompileMany<float>("i->i", [[2]]);
        IDisposable[] all = [backend, operand, function.EvalResident<float>(operand), batch.InvokeResident([operand])[0]];
        foreach (var each in order.Concat(order)) all[each].Dispose();
        Assert.That(driver.Alive, Is.Zero);
        float[] host = [1, 2];
        Assert.That(() => function.Eval<float>(host), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => function.EvalResident<float>(host), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => batch.Invoke([host]), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => batch.InvokeResident([host]), Throws.TypeOf<ObjectDisposedException>());
    }

    /// <summary>On OpenCL they are slices of one buffer.</summary>
    [Test]
    public void Results_of_a_list([ValueSource(nameof(OfFour))] int[] order)
    {
        TestDevices.RequireDevice();
        var backend = new GpuBackend(TestDevices.Device, new GpuOptions { CacheDirectory = TestDevices.CacheDirectory });
        var ones = Enumerable.Range(3, 3).Select(n => new Operand<float>(Enumerable.Repeat(1f, n * n).ToArray(), [n, n])).ToArray();
        var results = new EinsumEngine(new EinsumOptions { Backend = backend }).EvalManyResident<float>("ij,jk->ik", ones, ones);
        IDisposable[] all = [backend, .. results];
        var left = order.ToList();
        foreach (var each in order)
        {
            all[each].Dispose();
            left.Remove(each);
            // Memory that was given back too soon would be this tensor's.
            using var other = left.Contains(0) ? backend.ToDevice<float>(new float[50]) : null;
            foreach (var number in left.Where(number => number > 0))
                if (other is null) Assert.That(results[number - 1].ToHost, Throws.TypeOf<ObjectDisposedException>());
                else Assert.That(results[number - 1].ToHost().ToArray(), Is.All.EqualTo(number + 2f));
        }
        foreach (var each in all) each.Dispose();
    }
}
