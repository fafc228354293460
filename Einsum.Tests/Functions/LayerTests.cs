using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Contractions with what is computed before and behind them, softmax and attention, and random graphs in loops, compiled on an engine against the interpreter.</summary>
[Parallelizable(ParallelScope.All)]
abstract class LayerTests<TTarget> where TTarget : IFunctionTarget
{
    /// <summary>Elements of the operands: what interpreters of kernels do in a moment.</summary>
    const long MostElements = 60_000;

    static IEnumerable<TestCaseData> Layers => TTarget.HasFewSizes ? AllLayers.Where((_, i) => i % 3 == 0) : AllLayers;

    static IEnumerable<TestCaseData> AllLayers =>
        from named in Named("blocks", BlockTests.Cases).Concat(Named("before", PrologueTests.Cases)).Concat(Named("behind", EpilogueTests.Cases))
        let source = named.Source
        let function = source.Arguments[0] is Func<TensorExpr[], TensorExpr> body ? Fn.JitAll(x => [body(x)]) : (TensorFunction)source.Arguments[0]!
        let shapes = (Shape[])source.Arguments[^1]!
        where shapes.Sum(shape => shape.ElementCount!.Value) <= MostElements
        select new TestCaseData(function, shapes).SetArgDisplayNames(named.Name);

    static IEnumerable<(string Name, TestCaseData Source)> Named(string kind, IEnumerable<TestCaseData> cases) => cases.Select(source => ($"{kind}: {source.ArgDisplayNames![0]}", source));

    [TestCaseSource(nameof(Layers))]
    public void Layers_agree(TensorFunction function, Shape[] shapes)
    {
        var random = new Random(7);
        Agree(function, [.. shapes.Select(shape => Run.Numbers(random, shape))]);
    }

    static IEnumerable<int> Graphs => Enumerable.Range(0, TTarget.HasFewSizes ? 3 : TTarget.Graphs);

    [TestCaseSource(nameof(Graphs))]
    public void Random_graphs_in_loops_agree(int seed)
    {
        var (function, operands) = RandomTransformTests<TTarget>.Looped(seed);
        Agree(function, operands);
    }

    /// <summary>What is computed before and behind a product in each turn of a loop.</summary>
    static IEnumerable<TestCaseData> Loops =>
    [
        new TestCaseData(Fn.Jit((x, w) => Fn.ForiLoop(0, 3, (_, y) => (y * 0.01 - 1).MatMul(w), x))).SetArgDisplayNames("before"),
        new TestCaseData(Fn.Jit((x, w) => Fn.ForiLoop(0, 3, (_, y) => (y.MatMul(w) * 0.01).Tanh(), x))).SetArgDisplayNames("behind"),
    ];

    [TestCaseSource(nameof(Loops))]
    public void Loops_of_layers_agree(TensorFunction function) => Agree(function, [Run.Numbers(new Random(5), [128, 96]), Run.Numbers(new Random(6), [96, 96])]);

    static void Agree(TensorFunction function, Dense[] operands)
    {
        var (actual, expected) = (Run.Compiled(function.On(TTarget.Engine), operands), Run.Interpreted(function, operands));
        for (var i = 0; i < actual.Length; i++) Run.AreClose(actual[i], expected[i], $"result {i}", 1e-10);
    }
}

/// <summary>On the processor.</summary>
sealed class CpuLayerTests : LayerTests<CpuFunctionConformance.Target>;
