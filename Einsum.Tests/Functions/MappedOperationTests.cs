using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Operations mapped over every axis against an explicit loop; a subclass per backend.</summary>
[Parallelizable(ParallelScope.All)]
abstract class MappedOperationTests<TTarget> where TTarget : IFunctionTarget
{
    static IEnumerable<TestCaseData> Mapped => Operations.Cases.Where((_, i) => i % TTarget.MappedOf == TTarget.MappedOf - 1);

    static int?[] Axes => TTarget.HasFewSizes ? [null, 1] : [null, 0, 1, 2];

    [TestCaseSource(nameof(Mapped))]
    public void Vmap_agrees_with_a_loop_on_every_axis(Func<TensorExpr, TensorExpr, TensorExpr> operation)
    {
        var random = new Random(4);
        var function = Fn.Jit(operation).On(TTarget.Engine);
        Shape shape = [3, 4];
        foreach (var left in Axes)
            foreach (var right in Axes)
            {
                if (left is null && right is null) continue;
                var (x, y) = (Operand(left), Operand(right));
                var mapped = Fn.Vmap(function, [left, right]).On(TTarget.Engine);
                Check(mapped, [x, y], i => [left is { } first ? Run.Part(x, first, i) : x, right is { } second ? Run.Part(y, second, i) : y]);
                // A negative axis is the same axis, so it gives the same graph.
                Assert.That(Fn.Vmap(function, [left - 3, right - 3]).Trace([x.Type, y.Type]).ToString(), Is.EqualTo(mapped.Trace([x.Type, y.Type]).ToString()));
            }

        Dense Operand(int? axis) => Run.Numbers(random, axis is { } place ? Run.Insert(shape, place, 2) : shape);

        void Check(TensorFunction mapped, Dense[] operands, Func<int, Dense[]> parts)
        {
            var (interpreted, compiled) = (Run.Interpreted(mapped, operands)[0], Run.Compiled(mapped, operands)[0]);
            for (var i = 0; i < 2; i++)
            {
                var expected = Run.Interpreted(function, parts(i))[0];
                Run.AreClose(Run.Part(interpreted, 0, i), expected);
                Run.AreClose(Run.Part(compiled, 0, i), expected);
            }
        }
    }
}

/// <summary>On the processor.</summary>
sealed class CpuMappedOperationTests : MappedOperationTests<CpuFunctionConformance.Target>;
