using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Every operation compiled against the interpreter, and mapped over every axis against an explicit loop.</summary>
[Parallelizable(ParallelScope.All)]
sealed class OperationTests
{
    [TestCaseSource(typeof(Operations), nameof(Operations.Cases))]
    public void Compiled_agrees_with_the_interpreter(Func<TensorExpr, TensorExpr, TensorExpr> operation)
    {
        var random = new Random(3);
        var (x, y) = (Run.Numbers(random, [3, 4]), Run.Numbers(random, [3, 4]));
        var function = Fn.Jit(operation);
        Run.AreClose(Run.Compiled(function, x, y)[0], Run.Interpreted(function, x, y)[0], function.Explain<double>([3, 4], [3, 4]));
        Run.AreClose(Run.InBlocks(function, x, y)[0], Run.Interpreted(function, x, y)[0], "in blocks");
    }

    [TestCaseSource(typeof(Operations), nameof(Operations.Cases))]
    public void Vmap_agrees_with_a_loop_on_every_axis(Func<TensorExpr, TensorExpr, TensorExpr> operation)
    {
        var random = new Random(4);
        var function = Fn.Jit(operation);
        Shape shape = [3, 4];
        int?[] axes = [null, 0, 1, 2];
        foreach (var left in axes)
            foreach (var right in axes)
            {
                if (left is null && right is null) continue;
                var (x, y) = (Operand(left), Operand(right));
                var mapped = Fn.Vmap(function, [left, right]);
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
