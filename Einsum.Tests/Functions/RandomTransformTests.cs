using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Random traced graphs, mapped against an explicit loop over the parts, and as the bodies of loops.</summary>
[Parallelizable(ParallelScope.All)]
abstract class RandomTransformTests<TTarget> where TTarget : IFunctionTarget
{
    static Shape ShapeOf(Random random) => [.. Enumerable.Range(0, random.Next(0, 3)).Select(_ => (long)random.Next(1, 7))];

    static IEnumerable<int> Seeds => Enumerable.Range(0, TTarget.HasFewSizes ? 3 : 150);

    [TestCaseSource(nameof(Seeds))]
    public void A_mapped_graph_is_a_loop_over_the_parts(int seed)
    {
        var random = new Random(seed);
        var shape = ShapeOf(random);
        var (size, left, right) = (random.Next(1, 6), random.Next(shape.Rank + 1), random.Next(4) == 0 ? (int?)null : random.Next(shape.Rank + 1));
        var function = Fn.JitAll(values => RandomGraphTests.Graph(new Random(seed), [.. values]));
        var mapped = Fn.Vmap(function, [left - (seed % 2 == 0 ? 0 : shape.Rank + 1), right]);
        Dense[] operands = [Run.Numbers(random, Run.Insert(shape, left, size)), Run.Numbers(random, right is { } axis ? Run.Insert(shape, axis, size) : shape)];
        var (compiled, interpreted) = (Run.Compiled(mapped.On(TTarget.Engine), operands), Run.Interpreted(mapped, operands));
        for (var part = 0; part < size; part++)
        {
            var expected = Run.Interpreted(function, Run.Part(operands[0], left, part), right is { } place ? Run.Part(operands[1], place, part) : operands[1]);
            for (var i = 0; i < expected.Length; i++)
            {
                Run.AreClose(Run.Part(interpreted[i], 0, part), expected[i], $"result {i}, part {part}, interpreted", 1e-11);
                Run.AreClose(Run.Part(compiled[i], 0, part), expected[i], $"result {i}, part {part}, compiled", 1e-11);
            }
        }
    }

    /// <summary>A graph as the body of a loop, of a while, or of a while that is mapped.</summary>
    internal static (TensorFunction Function, Dense[] Operands) Looped(int seed)
    {
        var random = new Random(seed);
        var shape = ShapeOf(random);
        var function = Fn.JitAll(values =>
        {
            var (x, y) = (values[0], values[1]);
            var ends = seed % 3 == 0 ? Fn.ForiLoop(-1, 2, (i, c) => Next(c, y + i.Convert<double>()), x)
                : seed % 3 == 1 ? Fn.While(c => c[0] < 3, c => [c[0] + 1, Next(c[1], y)], [Fn.Scalar(0.0), x])[1]
                : Fn.Vmap((n, c0) => Fn.While(c => c[0] < n, c => [c[0] + 1, Next(c[1], y)], [Fn.Scalar(0.0), c0])[1], [0, null]).Invoke(Fn.Constant<double>(new double[] { 2, 0, 3 }), x);
            return [ends];
        });
        return (function, [Run.Numbers(random, shape), Run.Numbers(random, shape)]);

        TensorExpr Next(TensorExpr c, TensorExpr y) =>
            RandomGraphTests.Graph(new Random(seed), [c, y]).Aggregate(c * 0.5, (sum, result) => sum + 0.01 * result.Convert<double>().Clamp(-5, 5).Sum());
    }
}

/// <summary>On the processor.</summary>
sealed class CpuRandomTransformTests : RandomTransformTests<CpuFunctionConformance.Target>
{
    [Test]
    public void A_graph_runs_in_every_kind_of_loop([Range(0, 149)] int seed)
    {
        var (function, operands) = Looped(seed);
        var program = function.Compile([.. operands.Select(operand => operand.Type)]);
        Assert.That(program.Steps.OfType<InterpretedStep>(), Is.Empty);
        foreach (var (actual, expected) in Run.By(program, operands).Zip(Run.Interpreted(function, operands))) Run.AreClose(actual, expected, program.ToString(), 1e-10);
    }
}
