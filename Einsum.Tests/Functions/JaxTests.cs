using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>What JAX's documentation says of vmap, lax.scan, lax.fori_loop, lax.while_loop, lax.map, lax.associative_scan and jit.</summary>
[Parallelizable(ParallelScope.All)]
abstract class JaxTests<TTarget> where TTarget : IFunctionTarget
{
    /// <summary>"semantics ... given by this Python implementation": carry, ys = [], for x in xs: carry, y = f(carry, x), then the ys stacked.</summary>
    [Test]
    public void Scan_is_this_loop([Values] bool reverse)
    {
        double[] xs = [3, 1, 4, 1, 5];
        var (carry, ys) = (2.0, new double[5]);
        foreach (var i in reverse ? Enumerable.Range(0, 5).Reverse() : Enumerable.Range(0, 5)) (carry, ys[i]) = (carry * 0.5 + xs[i], carry - xs[i]);
        var results = Fn.JitAll(x => Fn.Scan((c, v) => (c * 0.5 + v, c - v), Fn.Scalar(2.0), x[0], reverse: reverse) is var (last, stacked) ? [last, stacked] : []);
        Assert.That(results.On(TTarget.Engine).EvalAll<double>(xs).Select(result => result.ToArray()), Is.EqualTo((double[][])[[carry], ys]));
    }

    /// <summary>"def fori_loop(lower, upper, body_fun, init_val): val = init_val; for i in range(lower, upper): val = body_fun(i, val)".</summary>
    [TestCase(0, 5), TestCase(-2, 3), TestCase(3, 3), TestCase(4, -1)]
    public void A_for_loop_is_this_loop(int lower, int upper)
    {
        var value = 1.0;
        for (var i = lower; i < upper; i++) value = value * 2 + i;
        Assert.That(Fn.Jit(x => Fn.ForiLoop(lower, upper, (i, v) => v * 2 + i.Convert<double>(), x)).On(TTarget.Engine).Eval<double>(1.0).ToArray(), Is.EqualTo([value]));
    }

    /// <summary>"def while_loop(cond_fun, body_fun, init_val): val = init_val; while cond_fun(val): val = body_fun(val)".</summary>
    [Test]
    public void A_while_loop_is_this_loop([Values(0.0, 1.0, 50.0, 200.0)] double first)
    {
        var value = first;
        while (value < 100) value = value * 1.5 + 1;
        Assert.That(Fn.Jit(x => Fn.While(v => v < 100, v => v * 1.5 + 1, x)).On(TTarget.Engine).Eval<double>(first).ToArray(), Is.EqualTo([value]));
    }

    static int?[] Batches => TTarget.HasFewSizes ? [3] : [null, 2, 3];

    /// <summary>"map(f, xs): return np.stack([f(x) for x in xs])"; a batch size changes nothing but the order of computation.</summary>
    [Test]
    public void Map_stacks_the_results([ValueSource(nameof(Batches))] int? batch)
    {
        var x = Run.Numbers(new Random(1), [7, 4]);
        var rows = Run.Compiled(Fn.Jit(v => Fn.Map(row => row * row.Sum(), v, batch)).On(TTarget.Engine), x)[0].As<double>();
        var numbers = x.As<double>();
        Assert.That(rows, Is.EqualTo(Enumerable.Range(0, 28).Select(i => numbers[i] * numbers.Skip(i / 4 * 4).Take(4).Sum())).Within(1e-14));
    }

    /// <summary>vmap's own examples: a matrix product of vector products, and in_axes and out_axes that place the mapped axis.</summary>
    [Test]
    public void Vmap_makes_a_matrix_product_of_vector_products()
    {
        var (a, b) = (Run.Numbers(new Random(1), [3, 5]), Run.Numbers(new Random(2), [5, 4]));
        var product = Fn.Vmap(Fn.Vmap((x, y) => (x * y).Sum(), [0, null]), [null, 1], 1);
        Run.AreClose(Run.Compiled(product.On(TTarget.Engine), a, b)[0], Run.Interpreted(Fn.Jit((x, y) => x.MatMul(y)), a, b)[0]);
    }

    /// <summary>"associative_scan(jnp.add, jnp.arange(0, 4))" gives [0, 1, 3, 6], and in reverse [6, 6, 5, 3].</summary>
    [Test]
    public void An_associative_scan_is_the_running_sum()
    {
        double[] numbers = [0, 1, 2, 3];
        Assert.That(Fn.Jit(x => Fn.AssociativeScan((a, b) => a + b, x)).On(TTarget.Engine).Eval<double>(numbers).ToArray(), Is.EqualTo([0.0, 1, 3, 6]));
        Assert.That(Fn.Jit(x => Fn.AssociativeScan((a, b) => a + b, x, reverse: true)).On(TTarget.Engine).Eval<double>(numbers).ToArray(), Is.EqualTo([6.0, 6, 5, 3]));
    }

    /// <summary>jit traces once for each list of shapes and types, and runs what it compiled from then on.</summary>
    [Test]
    public void A_function_is_traced_once_for_each_list_of_shapes()
    {
        var traces = 0;
        var function = Fn.Jit(x =>
        {
            traces++;
            return x + 1;
        }).On(TTarget.Engine);
        foreach (var count in (int[])[3, 3, 4, 3, 4]) function.Eval<double>(new double[count]);
        function.Eval<float>(new float[3]);
        Assert.That(traces, Is.EqualTo(3));
    }

    /// <summary>"A clamped index": dynamic indices outside of an array are held inside of it.</summary>
    [Test]
    public void A_mapped_position_takes_from_each_row_its_own()
    {
        var (x, places) = (Run.Count(3, 4), Dense.Of([3], [-5.0, 2, 9]));
        var taken = Fn.Vmap((row, place) => row.At(place.Convert<long>()));
        Assert.That(Run.Compiled(taken.On(TTarget.Engine), x, places)[0].As<double>(), Is.EqualTo([0.0, 6, 11]));
    }
}

/// <summary>On the processor.</summary>
sealed class CpuJaxTests : JaxTests<CpuFunctionConformance.Target>;
