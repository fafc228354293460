using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Operations mapped over every axis against an explicit loop; a subclass per backend.</summary>
[Parallelizable(ParallelScope.All)]
abstract class MappedOperationTests<TTarget> where TTarget : IFunctionTarget
{
    static readonly (int?, int?)[] s_all = [.. from left in (int?[])[null, 0, 1, 2] from right in (int?[])[null, 0, 1, 2] where (left ?? right) is not null select (left, right)];

    /// <summary>Of which the first operand, the only one of many operations, always has one.</summary>
    static readonly (int?, int?)[][] s_few = [[(null, 1), (1, null)], [(1, 1)], [(2, 0)]];

    /// <summary>All operations; with few pairs of axes each, by turns, where kernels take long to compile.</summary>
    static IEnumerable<TestCaseData> Mapped => Operations.All.Select((one, i) => new TestCaseData(one.Of, TTarget.HasFewSizes ? s_few[i % s_few.Length] : s_all).SetArgDisplayNames(one.Name));

    [TestCaseSource(nameof(Mapped))]
    public void Vmap_agrees_with_a_loop_on_every_axis(Func<TensorExpr, TensorExpr, TensorExpr> operation, (int? Left, int? Right)[] axes)
    {
        var random = new Random(4);
        var function = Fn.Jit(operation).On(TTarget.Engine);
        Shape shape = [3, 4];
        foreach (var (left, right) in axes)
        {
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
