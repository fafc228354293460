using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Which axes vmap takes and gives: compiled on an engine, against loops over the parts.</summary>
[Parallelizable(ParallelScope.All)]
abstract class AxisTests<TTarget> where TTarget : IFunctionTarget
{
    static IEnumerable<TestCaseData> Mapped => Operations.Cases.Where((_, i) => i % TTarget.MappedOf == 0);

    [TestCaseSource(nameof(Mapped))]
    public void Two_vmaps_agree_with_two_loops(Func<TensorExpr, TensorExpr, TensorExpr> operation)
    {
        var random = new Random(5);
        var function = Fn.Jit(operation);
        var (x, y) = (Run.Numbers(random, [3, 2, 4, 3]), Run.Numbers(random, [3, 3, 4]));
        // Of x the outer map takes the last axis and the inner one axis 1; of y only the outer one takes an axis.
        var mapped = Fn.Vmap(Fn.Vmap(function, [1, null]), [-1, 0], 1);
        var (interpreted, compiled) = (Run.Interpreted(mapped, x, y)[0], Run.Compiled(mapped.On(TTarget.Engine), x, y)[0]);
        for (var outer = 0; outer < 3; outer++)
            for (var inner = 0; inner < 2; inner++)
            {
                var expected = Run.Interpreted(function, Run.Part(Run.Part(x, 3, outer), 1, inner), Run.Part(y, 0, outer))[0];
                Run.AreClose(Run.Part(Run.Part(interpreted, 1, outer), 0, inner), expected);
                Run.AreClose(Run.Part(Run.Part(compiled, 1, outer), 0, inner), expected);
            }
    }

    static IEnumerable<TestCaseData> AlongAxes => Operations.AlongAxes.Where((_, i) => !TTarget.HasFewSizes || i % 2 == 0).Select(operation => new TestCaseData(operation.Of).SetArgDisplayNames(operation.Name));

    [TestCaseSource(nameof(AlongAxes))]
    public void Vmap_agrees_with_a_loop_along_every_axis_of_three(Func<TensorExpr, int, TensorExpr> operation)
    {
        var random = new Random(6);
        Shape shape = [2, 3, 4];
        foreach (var axis in TTarget.HasFewSizes ? (int[])[-1] : [-3, -2, -1, 0, 1, 2])
        {
            var function = Fn.Jit(x => operation(x, axis));
            foreach (var place in TTarget.HasFewSizes ? (int[])[1] : [0, 1, 2, 3])
            {
                var x = Run.Numbers(random, Run.Insert(shape, place, 2));
                var rank = Run.Interpreted(function, Run.Part(x, place, 0))[0].Shape.Rank;
                var target = (place + axis + 3) % (rank + 1);
                var mapped = Fn.Vmap(function, place, target);
                var (interpreted, compiled) = (Run.Interpreted(mapped, x)[0], Run.Compiled(mapped.On(TTarget.Engine), x)[0]);
                for (var i = 0; i < 2; i++)
                {
                    var expected = Run.Interpreted(function, Run.Part(x, place, i))[0];
                    Run.AreClose(Run.Part(interpreted, target, i), expected, $"axis {axis}, mapped {place}");
                    Run.AreClose(Run.Part(compiled, target, i), expected, $"axis {axis}, mapped {place}");
                }
            }
        }
    }

    static int[] Places => TTarget.HasFewSizes ? [-3, 1] : [-3, -2, -1, 0, 1, 2];

    [Test]
    public void OutAxes_place_the_mapped_axis([ValueSource(nameof(Places))] int axis)
    {
        var x = Run.Count(2, 3, 4);
        var moved = Run.Compiled(Fn.Vmap(part => part * 2, 1, axis).On(TTarget.Engine), x)[0];
        var place = axis < 0 ? axis + 3 : axis;
        for (var i = 0; i < 3; i++)
            Assert.That(Run.Part(moved, place, i).As<double>(), Is.EqualTo(Run.Part(x, 1, i).As<double>().Select(value => 2 * value)));
    }

    [Test]
    public void Nested_vmaps_take_one_axis_each()
    {
        var x = Run.Count(2, 3, 4);
        var function = Fn.Vmap(Fn.Vmap(Fn.Vmap(part => part * part)));
        Assert.That(Run.Compiled(function.On(TTarget.Engine), x)[0].As<double>(), Is.EqualTo(x.As<double>().Select(value => value * value)));
    }

    [Test]
    public void A_result_independent_of_the_mapped_axis_is_repeated_or_given_once()
    {
        var (x, y) = (Run.Count(3), Run.Count(2));
        Assert.That(Run.Compiled(Fn.Vmap((_, b) => b + 1, [0, null]).On(TTarget.Engine), x, y)[0].As<double>(), Is.EqualTo([1.0, 2, 1, 2, 1, 2]));
        Assert.That(Run.Compiled(Fn.Vmap((_, b) => b + 1, [0, null], (int?)null).On(TTarget.Engine), x, y)[0].As<double>(), Is.EqualTo([1.0, 2]));
        Assert.That(Run.Compiled(Fn.Vmap(b => b + 1, (int?)null, 0, axisSize: 3).On(TTarget.Engine), y)[0].As<double>(), Is.EqualTo([1.0, 2, 1, 2, 1, 2]));
    }

    [Test]
    public void Tuples_are_mapped_each_on_its_own_axes()
    {
        var function = Fn.Vmap(Fn.JitAll(values => [values[0] + values[1], values[0].Sum()]), [0, 1], [1, 0]);
        var results = Run.Compiled(function.On(TTarget.Engine), Run.Count(2, 3), Run.Count(3, 2));
        Assert.That(results[0].As<double>(), Is.EqualTo([0.0, 4, 3, 7, 6, 10]));
        Assert.That(results[1].As<double>(), Is.EqualTo([3.0, 12]));
    }
}

/// <summary>On the processor.</summary>
sealed class CpuAxisTests : AxisTests<CpuFunctionConformance.Target>;
