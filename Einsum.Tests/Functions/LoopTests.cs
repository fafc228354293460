using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>The rules of SEMANTICS.md for scan, foriLoop, while, map and associative scan, interpreted and compiled.</summary>
[Parallelizable(ParallelScope.All)]
abstract class LoopTests<TTarget> where TTarget : IFunctionTarget
{
    static double[][] Both(TensorFunction function, params Dense[] arguments)
    {
        var (compiled, interpreted) = (Run.Compiled(function.On(TTarget.Engine), arguments), Run.Interpreted(function, arguments));
        foreach (var (a, b) in compiled.Zip(interpreted)) Run.AreClose(a, b);
        return [.. compiled.Select(value => value.Doubles())];
    }

    /// <summary>Lengths of loops, and how many go through a map at once; few where kernels take long to compile.</summary>
    static IEnumerable<int> Counts => TTarget.HasFewSizes ? [0, 1, 6] : Enumerable.Range(0, 10);

    static int?[] TupleSizes => TTarget.HasFewSizes ? [null, 2] : [null, 1, 2, 3, 5];

    static int[] TupleCounts => TTarget.HasFewSizes ? [0, 5] : [0, 1, 5];

    static int[] BatchSizes => TTarget.HasFewSizes ? [2, 10] : [1, 2, 3, 7, 10];

    static int[] BatchCounts => TTarget.HasFewSizes ? [0, 7] : [0, 1, 7];

    static TensorFunction Sums(bool reverse) => Fn.JitAll(x =>
    {
        var (carry, results) = Fn.Scan((c, v) => (c + v, c + v), x[0].Sum() * 0, x[0], reverse: reverse);
        return [carry, results];
    });

    [Test]
    public void A_scan_gives_the_last_carry_and_the_ys()
    {
        Assert.That(Both(Sums(false), Run.Count(4)), Is.EqualTo((double[][])[[6], [0, 1, 3, 6]]));
        Assert.That(Both(Sums(true), Run.Count(4)), Is.EqualTo((double[][])[[6], [6, 6, 5, 3]]));
    }

    [Test]
    public void No_iterations_give_the_first_carry_and_empty_ys() => Assert.That(Both(Sums(false), Run.Count(0)), Is.EqualTo((double[][])[[0], []]));

    /// <summary>Loops whose bodies ask, at positions that they compute, for elements of a value that is computed before the loop.</summary>
    static IEnumerable<TestCaseData> Taking =>
    [
        new TestCaseData(Fn.Jit(x => Fn.ForiLoop(0, 6, (i, c) => c + (x * 2).At(i), Fn.Scalar(0.0)))).SetArgDisplayNames("a loop"),
        new TestCaseData(Fn.Jit(x => Fn.Scan((c, v) => (c + (x + 1).At(v.Convert<long>()), c), x[0], x, reverse: true).Results)).SetArgDisplayNames("a reversed scan"),
        new TestCaseData(Fn.Jit(x => Fn.ForiLoop(0, 3, (i, c) => c + x.Reshape([2, 3]).Transpose().At(i), x.Slice(0, 0, 2)))).SetArgDisplayNames("rows"),
        new TestCaseData(Fn.Jit(x => Fn.ForiLoop(0, 6, (i, c) => c + Fn.Arange(6).At(c.Convert<long>() + i).Convert<double>(), x[1]))).SetArgDisplayNames("numbers that count"),
        new TestCaseData(Fn.Jit(x => Fn.While(c => c < 9, c => c + 1 + (x * 2).At(c.Convert<long>()), x[0]))).SetArgDisplayNames("a while"),
        new TestCaseData(Fn.Jit(x => Fn.While(c => (x * 2).At(c.Convert<long>()) < 7, c => c + 1, x[0]))).SetArgDisplayNames("a condition"),
        new TestCaseData(Fn.Jit(x => Fn.Vmap(y => Fn.While(c => (x - 1).At(c.Convert<long>()) < y, c => c + (x * 2).At(c.Convert<long>()) + 1, y * 0)).Invoke(x * 0.5))).SetArgDisplayNames("a mapped while"),
    ];

    [TestCaseSource(nameof(Taking))]
    public void Loops_take_from_what_is_computed_before_them(TensorFunction function) => Both(function, Run.Count(6));

    [Test]
    public void Carries_and_ys_are_tuples_of_any_rank()
    {
        var function = Fn.JitAll(x =>
        {
            var (carry, results) = Fn.Scan((c, v) => ([c[1], c[0] + v[0]], [c[0] * v[1], c[1].Sum()]), [x[0], x[0] * 2], [x[1], x[2]]);
            return [.. carry, .. results];
        });
        var results = Both(function, Run.Count(2), Run.Count(3, 2), Run.Count(3));
        Assert.That(results.Select(result => result.Length), Is.EqualTo([2, 2, 6, 3]));
        Assert.That(results[0], Is.EqualTo([2.0, 5]));
    }

    [Test]
    public void A_scan_without_xs_runs_length_times()
    {
        var function = Fn.Jit(x => Fn.Scan((c, _) => ([c[0] * 2], []), [x], [], length: 5).Carry[0]);
        Assert.That(Both(function, Run.Numbers(new Random(1), []))[0][0], Is.EqualTo(32 * Run.Numbers(new Random(1), []).As<double>()[0]));
    }

    [Test]
    public void A_for_loop_without_iterations_gives_its_first_value([Values(0, -3)] int upper) =>
        Assert.That(Both(Fn.Jit(x => Fn.ForiLoop(0, upper, (_, value) => value + 1, x)), Run.Count(2))[0], Is.EqualTo([0.0, 1]));

    /// <summary>JAX's fori_loop takes bounds that are not known while tracing.</summary>
    [Test]
    public void A_for_loop_runs_between_computed_bounds([Values(-3, 0, 2, 7)] int lower, [Values(0, 3, 7)] int upper)
    {
        var sums = Fn.JitAll(x => Fn.ForiLoop(x[0].Convert<long>(), x[1].Convert<int>(), (i, value) => [value[0] + i.Convert<double>(), value[1] * 2], [x[0] * 0, x[2]]));
        var (sum, last) = (0, 1.0);
        for (var i = lower; i < upper; i++) (sum, last) = (sum + i, last * 2);
        Assert.That(Both(sums, Dense.Of([], [(double)lower]), Dense.Of([], [(double)upper]), Dense.Of([2], [1.0, 3])), Is.EqualTo((double[][])[[sum], [last, 3 * last]]));
    }

    [Test]
    public void Mapped_bounds_end_each_loop_on_its_own()
    {
        var powers = Fn.Vmap(n => Fn.ForiLoop(0, n.Convert<long>(), (_, value) => value * 2, Fn.Scalar(1.0)));
        Assert.That(Both(powers, Run.Count(5))[0], Is.EqualTo([1.0, 2, 4, 8, 16]));
    }

    [Test]
    public void A_for_loop_carries_a_tuple()
    {
        var fibonacci = Fn.JitAll(x => Fn.ForiLoop(0, 10, (_, pair) => [pair[1], pair[0] + pair[1]], [x[0], x[1].Sum()]));
        Assert.That(Both(fibonacci, Dense.Of([], [0.0]), Dense.Of([1], [1.0])), Is.EqualTo((double[][])[[55], [89]]));
    }

    [Test]
    public void Map_takes_and_gives_tuples([ValueSource(nameof(TupleSizes))] int? size, [ValueSource(nameof(TupleCounts))] int count)
    {
        var function = Fn.JitAll(x => Fn.Map(parts => [parts[0] + parts[1].Sum(), parts[1] * 2, parts[0]], [x[0], x[1]], size));
        var results = Both(function, Run.Count(count), Run.Count(count, 2));
        Assert.That(results[0], Is.EqualTo(Enumerable.Range(0, count).Select(i => 5.0 * i + 1)));
        Assert.That(results[1], Is.EqualTo(Enumerable.Range(0, 2 * count).Select(i => 2.0 * i)));
        Assert.That(results[2], Is.EqualTo(Enumerable.Range(0, count).Select(i => (double)i)));
    }

    /// <summary>x[i] = a[i] x[i - 1] + b[i], as compositions of the maps x -> a x + b.</summary>
    [Test]
    public void A_linear_recurrence_is_an_associative_scan_of_pairs([ValueSource(nameof(Counts))] int count, [Values] bool reverse)
    {
        var random = new Random(count);
        var (a, b) = (Run.Numbers(random, [count]), Run.Numbers(random, [count]));
        var prefixes = Fn.JitAll(x => Fn.AssociativeScan((left, right) => [left[0] * right[0], right[0] * left[1] + right[1]], [x[0], x[1]], reverse: reverse));
        var (value, expected) = (0.0, new double[count]);
        foreach (var i in reverse ? Enumerable.Range(0, count).Reverse() : Enumerable.Range(0, count)) expected[i] = value = a.As<double>()[i] * value + b.As<double>()[i];
        Assert.That(Both(prefixes, a, b)[1], Is.EqualTo(expected).Within(1e-12));
    }

    [Test]
    public void Mapped_whiles_end_each_on_its_own()
    {
        var doubled = Fn.Vmap(x => Fn.While(c => c < 100, c => c * 2 + 1, x));
        Assert.That(Both(doubled, Run.Count(5))[0], Is.EqualTo([127.0, 127, 191, 127, 159]));
    }

    [Test]
    public void Map_runs_in_batches_with_the_rest_as_its_own([ValueSource(nameof(BatchSizes))] int size, [ValueSource(nameof(BatchCounts))] int count) =>
        Assert.That(Both(Fn.Jit(x => Fn.Map(v => v * v + 1, x, size)), Run.Count(count))[0], Is.EqualTo(Enumerable.Range(0, count).Select(i => i * i + 1.0)));

    [Test]
    public void An_associative_scan_gives_every_prefix([ValueSource(nameof(Counts))] int count, [Values] bool reverse)
    {
        var sums = Both(Fn.Jit(x => Fn.AssociativeScan((a, b) => a + b, x, reverse: reverse)), Run.Count(count))[0];
        Assert.That(sums, Is.EqualTo(Enumerable.Range(0, count).Select(i => Enumerable.Range(reverse ? i : 0, reverse ? count - i : i + 1).Sum(k => (double)k))));
    }
}

/// <summary>Loops on the processor, as kernels of their own.</summary>
sealed class CpuLoopTests : LoopTests<CpuFunctionConformance.Target>
{
    [Test]
    public void A_mapped_scan_is_one_kernel_over_all_elements()
    {
        var function = Fn.Vmap(x => x.CumSum(0), 1, 1);
        var plan = function.Compile<double>([6, 32]);
        Assert.That(plan.Steps, Has.Length.EqualTo(1), plan.ToString());
        Assert.That(((NestStep)plan.Steps[0]).Vector.Lanes, Is.GreaterThan(1));
    }
}
