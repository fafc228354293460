using System.Numerics;
using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Gpu;
using EinsumNet.Functions;
using EinsumNet.Tests.Functions;

namespace EinsumNet.Tests.Gpu;

/// <summary>Which of two backends runs a function, and what it says of it.</summary>
sealed class FunctionChoiceTests
{
    /// <summary>Everything is the device's at these, and nothing at those.</summary>
    static readonly DeviceRates s_fast = new(1e18, 1e18, 1e18, 1e18, LaunchTime: 1e-12, CopyTime: 1e-12, IsMeasured: true), s_slow = new(1, 1, 1, 1, LaunchTime: 1, CopyTime: 1, IsMeasured: true);

    static GpuBackend Fake(FakeCuda driver) => new(GpuDevice.Of(driver.Device), new GpuOptions { CacheDirectory = "" });

    static EinsumEngine Engine(GpuBackend device) => new(new EinsumOptions { Backend = new AutoBackend(CpuBackend.Default, device) });

    [Test]
    public void Small_functions_stay_on_the_host_and_large_ones_do_not()
    {
        var driver = new FakeCuda();
        using var device = Fake(driver);
        var engine = Engine(device);
        var chain = Fn.Jit(x => (x * 2 + 1).Tanh()).On(engine);
        Assert.That(chain.Explain<float>([100]), Does.Match(@"\nbackend    cpu: about .*; gpu about .* copies \(typical rates\)\nkernel 0"));
        Assert.That(chain.Eval<float>(new float[] { 0 })[0], Is.EqualTo(MathF.Tanh(1)));
        Assert.That(driver.Calls, Has.No.Member("cuLaunchKernel"));
        var products = Fn.Jit(x => Operations.Softmax(x.MatMul(x).MatMul(x))).On(engine);
        Assert.That(products.Explain<float>([4096, 4096]), Does.Match(@"\nbackend    gpu: about .* of which .* copies; cpu about .*\non gpu "));
    }

    [Test]
    public void A_chain_moved_for_nothing_stays_on_the_host()
    {
        using var device = Fake(new FakeCuda());
        Assert.That(Fn.Jit(x => x * 2 + 1).On(Engine(device)).Explain<float>([50_000_000]), Does.Contain("\nbackend    cpu: about"));
    }

    [Test]
    public void What_waits_for_what_was_before_stays_on_the_host()
    {
        using var device = Fake(new FakeCuda());
        var engine = Engine(device);
        Assert.That(Fn.Jit(x => Fn.ForiLoop(0, 100_000, (_, c) => c * 0.5f + 1, x)).On(engine).Explain<float>([4]), Does.Contain("\nbackend    cpu: about"), "each iteration waits for the one before");
        Assert.That(Fn.Jit(x => Fn.ForiLoop(0, 1000, (_, c) => c.MatMul(x), x)).On(engine).Explain<float>([20, 20]), Does.Contain("\nbackend    cpu: about"), "each iteration is launched");
        Assert.That(Fn.Jit(x => Fn.ForiLoop(0, 1000, (_, c) => c.MatMul(x), x)).On(engine).Explain<float>([1500, 1500]), Does.Contain("\nbackend    gpu: about"), "and worth it");
    }

    [Test]
    public void A_device_without_doubles_is_not_asked_for_them()
    {
        var driver = new FakeCuda().Device;
        using var device = new GpuBackend(GpuDevice.Of(driver with { Limits = driver.Limits with { HasDouble = false } }), new GpuOptions { CacheDirectory = "" });
        device.Session.Rates.Keep(s_fast);
        var twice = Fn.Jit(x => x * 2).On(Engine(device));
        Assert.That(twice.Explain<float>([100]), Does.Contain("\nbackend    gpu: about"));
        Assert.That(twice.Explain<double>([100]), Does.Match("\nbackend    cpu: about .*; gpu has no 64-bit floating point\n"));
        Assert.That(twice.Explain<Complex>([100]), Does.Match("\nbackend    cpu: about .*; gpu has no 64-bit floating point\n"));
        Assert.That(Fn.Jit(x => x.Convert<double>().Sum()).On(Engine(device)).Explain<float>([100]), Does.Contain("\nbackend    cpu: about"));
        Assert.That(twice.Eval<double>(new double[] { 1, 2 }).ToArray(), Is.EqualTo([2.0, 4]));
    }

    [Test]
    public void Einsums_of_halves_are_counted_as_the_device_would_run_them()
    {
        using var device = Fake(new FakeCuda());
        device.Session.Rates.Keep(new DeviceRates(1e18, 1e18, 1e18, 1e18, LaunchTime: 1, CopyTime: 1e-12, IsMeasured: true));
        // One launch, where the host copies either operand to floats and the result to halves.
        Assert.That(Fn.Jit((x, y) => x.MatMul(y)).On(Engine(device)).Explain<Half>([512, 512], [512, 512]), Does.Contain("; gpu about 1000 ms,"));
    }

    [Test]
    public void Tensors_on_the_device_decide()
    {
        TestDevices.RequireDevice();
        using var device = new GpuBackend(TestDevices.Backend.Device, new GpuOptions { CacheDirectory = "" });
        device.Session.Rates.Keep(s_slow);
        var engine = Engine(device);
        var function = Fn.Jit((x, y) => x * y + 1).On(engine);
        Assert.That(function.Explain<float>([2], [2]), Does.Contain("\nbackend    cpu: about"));
        float[] two = [2, 3];
        using var there = device.ToDevice<float>(two);
        Assert.That(function.Eval<float>(there, two).ToArray(), Is.EqualTo([5f, 10]), "an operand");
        Assert.That(function.Eval<float>(two, two).ToArray(), Is.EqualTo([5f, 10]), "none");
        using var result = function.EvalResident<float>(two, two);
        Assert.That(result.ToHost().ToArray(), Is.EqualTo([5f, 10]), "the result");
        function.InvokeInto(there, result, two);
        Assert.That(there.ToHost().ToArray(), Is.EqualTo([11f, 31]), "a destination");
        var host = new float[2];
        function.InvokeInto(host, there, two);
        Assert.That(host, Is.EqualTo([23f, 94]), "an operand, and a destination on the host");
        using var elsewhere = TestDevices.Backend.ToDevice<float>(two);
        Assert.That(() => function.Eval<float>(elsewhere, two), Throws.InstanceOf<EinsumException>().With.Property("Code").EqualTo("EIN0706"));
        Assert.That(() => function.InvokeInto(elsewhere, two, two), Throws.InstanceOf<EinsumException>().With.Property("Code").EqualTo("EIN0706"));
    }

    [Test]
    public void Either_gives_the_same([Values] bool isFast)
    {
        TestDevices.RequireDevice();
        using var device = new GpuBackend(TestDevices.Backend.Device, new GpuOptions { CacheDirectory = "" });
        device.Session.Rates.Keep(isFast ? s_fast : s_slow);
        var engine = Engine(device);
        TensorFunction[] functions =
        [
            Fn.Jit(x => Operations.Softmax(x.MatMul(x)).Sum(0)), Fn.Jit(x => Fn.While(c => c.Max() < 100, c => c.MatMul(c) + 1, x)), Fn.Jit(x => Fn.Map(row => row.CumSum(0), x)),
            Fn.Jit(x => Fn.Concat([x, Fn.Constant<double>(new double[,] { { 1, 2, 3 } })], 0)),
        ];
        foreach (var function in functions)
        {
            var x = Run.Numbers(new Random(1), [3, 3]);
            var program = function.On(engine).Compile([x.Type]);
            Assert.That(program.Device is not null, Is.EqualTo(isFast), program.ToString());
            Run.AreClose(Run.By(program, x)[0], Run.Interpreted(function, x)[0], program.ToString());
        }
    }

    /// <summary>Where no code is emitted, operations are interpreted, and counted as such.</summary>
    [Test]
    public void Work_is_counted_in_what_is_interpreted_as_well()
    {
        var function = Fn.JitAll(x => [Fn.Scan((c, row) => (c * 0.5f + row, c), x[0][0], x[0]).Results, Fn.While(c => c.Max() < 9, c => c + 1, x[0])]);
        var graph = function.Trace([new(ElementType.Float, [1000, 10])]);
        var (emitted, interpreted) = (ProgramWork.Of(Planner.Run(graph, true, BlockLimits.Default), graph), ProgramWork.Of(Planner.Run(graph, false, BlockLimits.Default), graph));
        long[] copied = [40000, 40000, 40000];
        Assert.That(emitted.Copied, Is.EqualTo(copied));
        Assert.That(interpreted.Copied, Is.EqualTo(copied));
        Assert.That(Operations(interpreted), Is.GreaterThan(Operations(emitted)));
        Assert.That(emitted.Answers, Is.EqualTo(Kernel.UnknownIterations));
        Assert.That(interpreted.Answers, Is.EqualTo(Kernel.UnknownIterations));
        Assert.That(Device(emitted) - Device(emitted with { Answers = 0 }), Is.EqualTo(Kernel.UnknownIterations).Within(1e-6), "a copy each, of a second");

        static double Device(FunctionWork work) => RunEstimate.Of(work, HostRates.Typical, s_fast with { CopyTime = 1 }).Device;

        static double Operations(FunctionWork work) => work.Host.Sum(step => step.Step.Operations * step.Times);
    }
}
