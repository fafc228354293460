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
        for (var axis = 0; axis < 3; axis++)
        {
            var (left, right) = (axis, 2 - axis);
            Shape shape = [3, 4];
            var (x, y) = (Run.Numbers(random, Insert(shape, left, 2)), Run.Numbers(random, Insert(shape, right, 2)));
            var plain = Run.Numbers(random, shape);
            Check(Fn.Vmap(function, [left, right]), [x, y], i => [Part(x, left, i), Part(y, right, i)]);
            Check(Fn.Vmap(function, [left, null]), [x, plain], i => [Part(x, left, i), plain]);
            Check(Fn.Vmap(function, [null, right - 3]), [plain, y], i => [plain, Part(y, right, i)]);
        }

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
