using EinsumNet.Backends.Gpu;
using EinsumNet.Functions;
using EinsumNet.Tests.Functions;

namespace EinsumNet.Tests.Gpu;

/// <summary>Functions on a device: where operands and results are, what visits the host, and what the plan says.</summary>
sealed class DeviceFunctionTests
{
    static readonly TensorFunction s_layer = Fn.Jit((x, weights, bias) => Fn.Max(x.MatMul(weights) + bias, 0));

    static readonly Lazy<EinsumEngine> s_engine = new(() => new EinsumEngine(new EinsumOptions { Backend = TestDevices.Backend }));

    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();

    static (float[,] X, float[,] Weights, float[] Bias) Operands()
    {
        var random = new Random(1);
        var (x, weights, bias) = (new float[9, 7], new float[7, 5], new float[5]);
        foreach (ref var value in System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref x[0, 0], x.Length)) value = random.NextSingle() - 0.5f;
        foreach (ref var value in System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref weights[0, 0], weights.Length)) value = random.NextSingle() - 0.5f;
        for (var i = 0; i < bias.Length; i++) bias[i] = random.NextSingle() - 0.5f;
        return (x, weights, bias);
    }

    [Test]
    public void Operands_and_results_are_on_the_host_or_on_the_device()
    {
        var (x, weights, bias) = Operands();
        var expected = s_layer.Eval<float>(x, weights, bias).ToArray();
        var layer = s_layer.On(s_engine.Value);
        using var there = TestDevices.Backend.ToDevice<float>(weights);
        Assert.That(layer.Eval<float>(x, there, bias).ToArray(), Is.EqualTo(expected).Within(1e-5));
        using var result = layer.EvalResident<float>(x, there, bias);
        Assert.That(result.ToHost().ToArray(), Is.EqualTo(expected).Within(1e-5));
        using var destination = TestDevices.Backend.Empty<float>([9, 5]);
        layer.InvokeInto(destination, x, there, bias);
        Assert.That(destination.ToHost().ToArray(), Is.EqualTo(expected).Within(1e-5));
        var host = new float[9 * 5];
        layer.InvokeInto(new System.Numerics.Tensors.TensorSpan<float>(host, [9, 5]), x, there, bias);
        Assert.That(host, Is.EqualTo(expected).Within(1e-5));
    }

    [Test]
    public async Task Results_come_as_tasks([Values] bool isOnDevice)
    {
        var (x, weights, bias) = Operands();
        var expected = s_layer.Eval<float>(x, weights, bias).ToArray();
        var engine = isOnDevice ? s_engine.Value : EinsumEngine.Default;
        var tasks = Enumerable.Range(0, 4).Select(_ => s_layer.On(engine).EvalAsync<float>(x, weights, bias)).ToArray();
        foreach (var result in await Task.WhenAll(tasks)) Assert.That(result.ToArray(), Is.EqualTo(expected).Within(1e-5));
        var largest = await Fn.Jit(v => v.ArgMax(0)).On(engine).EvalAsync<float, long>(new float[] { 1, 3, 2 });
        Assert.That(largest.ToArray(), Is.EqualTo([1L]));
        var all = await Fn.JitAll(v => [v[0] * 2, v[0].Sum()]).On(engine).EvalAllAsync<double>(new double[] { 1, 2, 3 });
        Assert.That(all.Select(result => result.ToArray()), Is.EqualTo((double[][])[[2, 4, 6], [6]]));
        Assert.That(() => Fn.JitAll(v => [v[0], v[0]]).On(engine).EvalAsync<double>(new double[2]), Throws.InstanceOf<EinsumException>().With.Property("Code").EqualTo("EIN0517"));
        var division = Fn.Jit((a, b) => a / b).On(engine).EvalAsync<int>(new int[] { 7 }, new int[] { 0 });
        Assert.That(async () => await division, Throws.InstanceOf<DivideByZeroException>());
    }

    [Test]
    public void A_task_is_given_at_once_and_operands_may_change()
    {
        var driver = new FakeCuda { IsLate = true, OnLaunch = (values, _) => Copy(values) };
        using var device = new GpuBackend(GpuDevice.Of(driver.Device), new GpuOptions { CacheDirectory = "" });
        var copy = Fn.Jit(x => x * 1).On(new EinsumEngine(new EinsumOptions { Backend = device }));
        var numbers = new float[] { 3, 4 };
        var task = copy.EvalAsync<float>(numbers);
        numbers[0] = 9;
        Assert.That(task.Result.ToArray(), Is.EqualTo(new float[] { 3, 4 }));

        static unsafe void Copy(long[] values) => new Span<float>((float*)values[0] + values[1], 2).CopyTo(new Span<float>((float*)values[2] + values[3], 2));
    }

    [Test]
    public void A_destination_may_be_an_operand()
    {
        using var x = TestDevices.Backend.ToDevice<float>(new float[] { 1, 2, 3, 4 });
        Fn.Jit(v => v + Fn.Concat([v.Slice(0, 1, 4), v.Slice(0, 0, 1)], 0)).On(s_engine.Value).InvokeInto(x, x);
        Assert.That(x.ToHost().ToArray(), Is.EqualTo([3f, 5, 7, 5]));
    }

    [Test]
    public void Several_results_stay_on_the_device()
    {
        var results = Fn.JitAll(x => [x[0] * 2, x[0].Sum(), x[0]]).On(s_engine.Value).EvalAllResident<double>(new double[] { 1, 2, 3 });
        Assert.That(results.Select(result => result.ToHost().ToArray()), Is.EqualTo((double[][])[[2, 4, 6], [6], [1, 2, 3]]));
        foreach (var result in results) result.Dispose();
    }

    [Test]
    public void Operands_with_gaps_scalars_and_empty_tensors()
    {
        var gaps = new Operand<double>(Enumerable.Range(0, 30).Select(i => (double)i).ToArray(), [3, 4], [10, 2], 1);
        Assert.That(Fn.Jit((x, y) => x.Sum(0) + y).On(s_engine.Value).Eval<double>(gaps, 0.5).ToArray(), Is.EqualTo([33.5, 39.5, 45.5, 51.5]));
        Assert.That(Fn.Jit(x => x + 1).On(s_engine.Value).Eval<double>(new double[0, 3]).ToArray(), Is.Empty);
        Assert.That(Fn.Jit(x => x.Sum(0)).On(s_engine.Value).Eval<double>(new double[0, 3]).ToArray(), Is.EqualTo(new double[3]));
    }

    [Test]
    public void Nothing_but_operands_and_results_visits_the_host()
    {
        var driver = new FakeCuda { OnLaunch = (_, _) => { } };
        using var device = new GpuBackend(GpuDevice.Of(driver.Device), new GpuOptions { CacheDirectory = "" });
        var function = Fn.Jit((x, y) => Fn.Scan((c, row) => (c.MatMul(y).Tanh() + row, c.Sum()), x, x.ExpandDims(0).Broadcast([3, 80, 80])).Results + Operations.Softmax(x.MatMul(y)).Sum())
            .On(new EinsumEngine(new EinsumOptions { Backend = device }));
        using var x = device.ToDevice<float>(new float[80, 80]);
        using var result = function.EvalResident<float>(x, x);
        driver.Calls.Clear();
        using var again = function.EvalResident<float>(x, x);
        Assert.That(driver.Calls, Has.Some.EqualTo("cuLaunchKernel"));
        Assert.That(driver.Calls.Where(call => call.Contains("HtoD") || call.Contains("DtoH") || call.Contains("Synchronize")), Is.Empty);
    }

    /// <summary>PoCL would have it otherwise.</summary>
    [Test]
    public void The_host_still_throws_where_it_divides_by_zero()
    {
        using var x = TestDevices.Backend.ToDevice<int>(new int[] { 0 });
        var zero = x.ToHost()[0];
        Assert.That(() => 7 / zero, Throws.InstanceOf<DivideByZeroException>());
        Assert.That(() => Fn.Jit((a, b) => a / b).Eval<int>(7, zero), Throws.InstanceOf<DivideByZeroException>());
    }

    [Test]
    public void The_plan_says_where_it_runs_and_how()
    {
        var text = Fn.Jit(x => x.CumSum(0) * x.Sum()).On(s_engine.Value).Explain<float>([2000]);
        Assert.That(text, Does.Contain($"on {TestDevices.Backend.Name}\n"));
        Assert.That(text, Does.Match(@"kernel \d: scan \(2000\) of add, scan; reads in0; writes tmp\d"));
        Assert.That(text, Does.Match(@"kernel \d: reduction \(2000\) of add, lanes;"));
        Assert.That(text, Does.Match(@"kernel \d: loop 2000 of multiply, points;"));
    }

    [Test]
    public void A_tensor_of_a_device_is_refused_elsewhere()
    {
        using var x = TestDevices.Backend.ToDevice<float>(new float[] { 1, 2 });
        var twice = Fn.Jit(v => v * 2);
        Assert.That(() => twice.Eval<float>(x), Throws.InstanceOf<EinsumException>().With.Property("Code").EqualTo("EIN0706"));
        Assert.That(() => twice.EvalAsync<float>(x), Throws.InstanceOf<EinsumException>().With.Property("Code").EqualTo("EIN0706"), "by the call, not by the task");
        Assert.That(() => twice.EvalResident<float>(new float[] { 1 }), Throws.InstanceOf<EinsumException>().With.Property("Code").EqualTo("EIN0706"));
        using var other = new GpuBackend(TestDevices.Backend.Device, new GpuOptions { CacheDirectory = TestDevices.CacheDirectory });
        var elsewhere = twice.On(new EinsumEngine(new EinsumOptions { Backend = other }));
        Assert.That(() => elsewhere.Eval<float>(x), Throws.InstanceOf<EinsumException>().With.Property("Code").EqualTo("EIN0706"));
        Assert.That(() => elsewhere.InvokeInto(x, new float[] { 1, 2 }), Throws.InstanceOf<EinsumException>().With.Property("Code").EqualTo("EIN0706"));
    }
}
