using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Kernels before any code exists, as they print themselves.</summary>
[Parallelizable(ParallelScope.All)]
sealed class KernelTests
{
    static string[] Kernels(Func<TensorExpr, TensorExpr> function, params Shape[] shapes) =>
        [.. Fn.Jit(function).Compile<double>(shapes).Plan.Planned.Cast<NestPlan>().Select(nest => nest.Kernel.ToString())];

    [Test]
    public void A_reduction_computes_what_it_reduces_where_it_reads_it() => Assert.That(Kernels(x => (x * 2).Sum(1) + 1, [3, 5]), Is.EqualTo([
        "for i0 < 3: s0 = 0; for i1 < 5: s0 = add(s0, multiply(%0[5 i0 + i1], 2)); %1[i0] = add(s0, 1)",
    ]));

    [Test]
    public void Views_are_places() => Assert.That(Kernels(x => x.Transpose().Slice(0, 1, 5, 2) + 1, [3, 5]), Is.EqualTo([
        "for i0 < 2: for i1 < 3: %1[3 i0 + i1] = add(%0[2 i0 + 5 i1 + 1], 1)",
    ]));

    [Test]
    public void The_exponential_of_a_softmax_is_stored_by_the_reduction_that_sums_it() => Assert.That(Kernels(Operations.Softmax, [3, 5]), Is.EqualTo([
        "for i0 < 3: s0 = -Infinity; for i1 < 5: s0 = max(s0, %0[5 i0 + i1]); %2[i0] = s0",
        "for i0 < 3: s0 = 0; for i1 < 5: %3[5 i0 + i1] = exp(subtract(%0[5 i0 + i1], %2[i0])); s0 = add(s0, exp(subtract(%0[5 i0 + i1], %2[i0]))); %4[i0] = s0",
        "for i0 < 3: for i1 < 5: %1[5 i0 + i1] = divide(%3[5 i0 + i1], %4[i0])",
    ]));

    [Test]
    public void Results_over_the_same_points_share_a_loop()
    {
        var function = Fn.JitAll(x => [x[0] + 1, x[0] * 2, x[0].Sum(), x[0].Max()]);
        var kernels = function.Compile<double>([8]).Plan.Planned.Cast<NestPlan>().Select(nest => nest.Kernel.ToString());
        Assert.That(kernels, Is.EqualTo([
            "for i0 < 8: %1[i0] = add(%0[i0], 1); %2[i0] = multiply(%0[i0], 2)",
            "s0 = 0; s1 = -Infinity; for i0 < 8: s0 = add(s0, %0[i0]); s1 = max(s1, %0[i0]); %3[0] = s0; %4[0] = s1",
        ]));
    }

    [Test]
    public void A_loop_of_kernels_prints_its_body()
    {
        var function = Fn.Jit(x => Fn.Scan((c, row) => (c * 0.5 + row.Max(), c), Fn.Scalar(0.0), x).Carry);
        var sequence = function.Compile<double>([50, 20]).Steps.OfType<SequenceStep>().Single().Sequence;
        Assert.That(sequence.ToString(), Does.StartWith("for t < 50:\n  s0 = -Infinity; for i0 < 20: s0 = max(s0, %1[i0]); %2[0] = add(multiply(%0[0], 0.5), s0)"));
    }

    [Test]
    public void A_long_loop_is_unrolled_and_a_vector_loop_has_a_rest([Values(1, 3, 4, 15, 16, 17, 64, 65, 200)] int count)
    {
        var x = Run.Numbers(new Random(count), [count]);
        foreach (var function in (TensorFunction[])[Fn.Jit(v => v.Sum()), Fn.Jit(v => v.Prod()), Fn.Jit(v => v.CumSum(0)), Fn.Jit(v => v * 2), Fn.Jit(v => v.Max()), Fn.Jit(v => (v < 0.5).All()), Fn.Jit(v => (v < -0.4).Any())])
            Run.AreClose(Run.Compiled(function, x)[0], Run.Interpreted(function, x)[0], count.ToString());
    }
}
