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
                Check(mapped, [x, y], i => [left is { } first ? Part(x, first, i) : x, right is { } second ? Part(y, second, i) : y]);
                // A negative axis is the same axis, so it gives the same graph.
                Assert.That(Fn.Vmap(function, [left - 3, right - 3]).Trace([x.Type, y.Type]).ToString(), Is.EqualTo(mapped.Trace([x.Type, y.Type]).ToString()));
            }

        Dense Operand(int? axis) => Run.Numbers(random, axis is { } place ? Insert(shape, place, 2) : shape);

        void Check(TensorFunction mapped, Dense[] operands, Func<int, Dense[]> parts)
        {
            var (interpreted, compiled) = (Run.Interpreted(mapped, operands)[0], Run.Compiled(mapped, operands)[0]);
            for (var i = 0; i < 2; i++)
            {
                var expected = Run.Interpreted(function, parts(i))[0];
                Run.AreClose(Part(interpreted, 0, i), expected);
                Run.AreClose(Part(compiled, 0, i), expected);
            }
        }
    }

    [TestCaseSource(typeof(Operations), nameof(Operations.Cases))]
    public void Two_vmaps_agree_with_two_loops(Func<TensorExpr, TensorExpr, TensorExpr> operation)
    {
        var random = new Random(5);
        var function = Fn.Jit(operation);
        var (x, y) = (Run.Numbers(random, [3, 2, 4, 3]), Run.Numbers(random, [3, 3, 4]));
        // Of x the outer map takes the last axis and the inner one axis 1; of y only the outer one takes an axis.
        var mapped = Fn.Vmap(Fn.Vmap(function, [1, null]), [-1, 0], 1);
        var (interpreted, compiled) = (Run.Interpreted(mapped, x, y)[0], Run.Compiled(mapped, x, y)[0]);
        for (var outer = 0; outer < 3; outer++)
            for (var inner = 0; inner < 2; inner++)
            {
                var expected = Run.Interpreted(function, Part(Part(x, 3, outer), 1, inner), Part(y, 0, outer))[0];
                Run.AreClose(Part(Part(interpreted, 1, outer), 0, inner), expected);
                Run.AreClose(Part(Part(compiled, 1, outer), 0, inner), expected);
            }
    }

    static IEnumerable<TestCaseData> AlongAxes => Operations.AlongAxes.Select(operation => new TestCaseData(operation.Of).SetArgDisplayNames(operation.Name));

    [TestCaseSource(nameof(AlongAxes))]
    public void Vmap_agrees_with_a_loop_along_every_axis_of_three(Func<TensorExpr, int, TensorExpr> operation)
    {
        var random = new Random(6);
        Shape shape = [2, 3, 4];
        for (var axis = -3; axis < 3; axis++)
        {
            var along = axis;
            var function = Fn.Jit(x => operation(x, along));
            for (var place = 0; place < 4; place++)
            {
                var x = Run.Numbers(random, Insert(shape, place, 2));
                var rank = Run.Interpreted(function, Part(x, place, 0))[0].Shape.Rank;
                var target = (place + axis + 3) % (rank + 1);
                var mapped = Fn.Vmap(function, place, target);
                var (interpreted, compiled) = (Run.Interpreted(mapped, x)[0], Run.Compiled(mapped, x)[0]);
                for (var i = 0; i < 2; i++)
                {
                    var expected = Run.Interpreted(function, Part(x, place, i))[0];
                    Run.AreClose(Part(interpreted, target, i), expected, $"axis {axis}, mapped {place}");
                    Run.AreClose(Part(compiled, target, i), expected, $"axis {axis}, mapped {place}");
                }
            }
        }
    }

    [Test]
    public void OutAxes_place_the_mapped_axis([Range(-3, 2)] int axis)
    {
        var x = Run.Count(2, 3, 4);
        var moved = Run.Compiled(Fn.Vmap(part => part * 2, 1, axis), x)[0];
        var place = axis < 0 ? axis + 3 : axis;
        for (var i = 0; i < 3; i++)
            Assert.That(Part(moved, place, i).As<double>(), Is.EqualTo(Part(x, 1, i).As<double>().Select(value => 2 * value)));
    }

    [Test]
    public void Nested_vmaps_take_one_axis_each()
    {
        var x = Run.Count(2, 3, 4);
        var function = Fn.Vmap(Fn.Vmap(Fn.Vmap(part => part * part)));
        Assert.That(Run.Compiled(function, x)[0].As<double>(), Is.EqualTo(x.As<double>().Select(value => value * value)));
    }

    [Test]
    public void A_result_independent_of_the_mapped_axis_is_repeated_or_given_once()
    {
        var (x, y) = (Run.Count(3), Run.Count(2));
        Assert.That(Run.Compiled(Fn.Vmap((_, b) => b + 1, [0, null]), x, y)[0].As<double>(), Is.EqualTo([1.0, 2, 1, 2, 1, 2]));
        Assert.That(Run.Compiled(Fn.Vmap((_, b) => b + 1, [0, null], (int?)null), x, y)[0].As<double>(), Is.EqualTo([1.0, 2]));
        Assert.That(Run.Compiled(Fn.Vmap(b => b + 1, (int?)null, 0, axisSize: 3), y)[0].As<double>(), Is.EqualTo([1.0, 2, 1, 2, 1, 2]));
    }

    [Test]
    public void Tuples_are_mapped_each_on_its_own_axes()
    {
        var function = Fn.Vmap(Fn.JitAll(values => [values[0] + values[1], values[0].Sum()]), [0, 1], [1, 0]);
        var results = Run.Compiled(function, Run.Count(2, 3), Run.Count(3, 2));
        Assert.That(results[0].As<double>(), Is.EqualTo([0.0, 4, 3, 7, 6, 10]));
        Assert.That(results[1].As<double>(), Is.EqualTo([3.0, 12]));
    }

    static Shape Insert(Shape shape, int axis, long size) => [.. shape.Take(axis), size, .. shape.Skip(axis)];

    static Dense Part(Dense value, int axis, int at)
    {
        var op = new SliceOp(axis, at, at + 1, 1);
        var slice = op.Evaluate([value])[0];
        return new Dense(slice.Element, [.. slice.Shape.Where((_, i) => i != axis)], slice.Data);
    }
}
