using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Functions take the options of the engine that they run on, and einsums inside of them do; a subclass per backend.</summary>
[Parallelizable(ParallelScope.All)]
abstract class EngineTests<TTarget> where TTarget : IFunctionTarget
{
    static EinsumOptions Options => new() { Backend = TTarget.Engine.Options.Backend };

    static readonly TensorFunction s_product = Fn.Jit((x, y) => Fn.Einsum("ij,ij->i", x, y));

    [Test]
    public void Rules_of_the_engine_bind_equations()
    {
        var strict = s_product.On(new EinsumEngine(Options with { Broadcasting = Broadcasting.Strict }));
        Assert.That(s_product.Eval<double>(new double[2, 3], new double[2, 1]).ToArray(), Is.EqualTo(new double[2]));
        Assert.That(() => strict.Eval<double>(new double[2, 3], new double[2, 1]), Throws.InstanceOf<EinsumException>());
        var repeated = Fn.Vmap(x => Fn.Einsum("a->ba", x));
        Assert.That(() => repeated.Eval<double>(new double[2, 2]), Throws.InstanceOf<EinsumException>());
        var sized = repeated.On(new EinsumEngine(Options with { Sizes = new Dictionary<string, long> { ["b"] = 3 } }));
        Assert.That(sized.Eval<double>(new double[,] { { 1, 2 }, { 3, 4 } }).ToArray(), Is.EqualTo([1.0, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4]));
    }

    [Test]
    public void A_function_called_inside_another_runs_where_that_does()
    {
        var strict = new EinsumEngine(Options with { Broadcasting = Broadcasting.Strict });
        var outer = Fn.Jit((x, y) => s_product.On(strict).Invoke(x, y) + 1);
        Assert.That(outer.Eval<double>(new double[2, 3], new double[2, 1]).ToArray(), Is.EqualTo([1.0, 1]));
        Assert.That(() => outer.On(strict).Eval<double>(new double[2, 3], new double[2, 1]), Throws.InstanceOf<EinsumException>());
    }

    [Test]
    public void Einsums_inside_use_the_plans_of_the_engine()
    {
        var engine = new EinsumEngine(Options);
        var product = Fn.Jit((x, y) => x.MatMul(y)).On(engine);
        product.Eval<double>(new double[70, 70], new double[70, 70]);
        Assert.That(engine.Statistics.Plans.Misses, Is.GreaterThan(0));
    }

    [Test]
    public void A_cancelled_engine_runs_nothing()
    {
        using var source = new CancellationTokenSource();
        var function = Fn.Jit(x => (x * 2).Sum()).On(new EinsumEngine(Options with { Cancellation = source.Token }));
        Assert.That(function.Eval<double>(new double[] { 1, 2 }).ToArray(), Is.EqualTo([6.0]));
        source.Cancel();
        Assert.That(() => function.Eval<double>(new double[] { 1, 2 }), Throws.InstanceOf<OperationCanceledException>());
    }

    /// <summary>Loops whose turns are steps of their own everywhere.</summary>
    static IEnumerable<TestCaseData> EndlessSteps =>
    [
        new TestCaseData(Fn.Jit(x => Fn.While(c => c.Sum() >= 0, c => c.CumSum(0).Clamp(0, 9), x))).SetArgDisplayNames("a while of a vector"),
        new TestCaseData(Fn.Jit(x => Fn.ForiLoop(0, long.MaxValue, (i, c) => c.CumSum(0), x))).SetArgDisplayNames("a loop of a vector"),
    ];

    [TestCaseSource(nameof(EndlessSteps))]
    public void A_cancelled_engine_ends_loops_of_steps(TensorFunction function) => Ends(function, Options);

    protected static void Ends(TensorFunction function, EinsumOptions options)
    {
        using var source = new CancellationTokenSource();
        var endless = function.On(new EinsumEngine(options with { Cancellation = source.Token }));
        _ = endless.Explain<double>([40]);
        source.CancelAfter(20);
        Assert.That(() => endless.Eval<double>(new double[40]), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void An_engine_is_asked_for() => Assert.That(() => s_product.On(null!), Throws.ArgumentNullException);
}

/// <summary>On the processor, which ends loops of one kernel, too; a device looks whether it is to end between launches.</summary>
sealed class CpuEngineTests : EngineTests<CpuFunctionConformance.Target>
{
    /// <summary>Loops that end with their engine alone.</summary>
    static IEnumerable<TestCaseData> Endless =>
    [
        new TestCaseData(Fn.Jit(x => Fn.While(c => c >= 0, c => c + 1, x.Sum()))).SetArgDisplayNames("a while of a scalar"),
        new TestCaseData(Fn.Vmap(x => Fn.While(c => c >= 0, c => c + 1, x))).SetArgDisplayNames("a mapped while"),
        new TestCaseData(Fn.Jit(x => Fn.While(c => c.Sum() >= 0, c => c + 1, x))).SetArgDisplayNames("a while of a vector"),
        new TestCaseData(Fn.Jit(x => Fn.ForiLoop(0, long.MaxValue, (i, c) => c + 1, x.Sum()))).SetArgDisplayNames("a loop of a scalar"),
        new TestCaseData(Fn.Jit(x => Fn.ForiLoop(0, long.MaxValue, (i, c) => c.CumSum(0), x))).SetArgDisplayNames("a loop of a vector"),
        new TestCaseData(Fn.Jit(x => Fn.ForiLoop(0, x.Convert<long>().Sum() + long.MaxValue / 2, (i, c) => c + 1, x))).SetArgDisplayNames("a loop to a traced bound"),
    ];

    [TestCaseSource(nameof(Endless))]
    public void A_cancelled_engine_ends_its_loops(TensorFunction function) => Ends(function, new EinsumOptions());
}
