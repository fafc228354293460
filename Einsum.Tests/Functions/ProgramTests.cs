using System.Numerics.Tensors;
using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>What compiled functions do: kernels, passes over memory, allocations, destinations.</summary>
[NonParallelizable]
sealed class ProgramTests
{
    static readonly TensorFunction s_square = Fn.Vmap(x => x * x);

    static IReadOnlyList<NestStep> Nests(TensorFunction function, params Shape[] shapes)
    {
        var steps = function.Compile<double>(shapes).Steps;
        Assert.That(steps, Is.All.InstanceOf<NestStep>(), string.Join('\n', steps.Select(step => step.Text)));
        return [.. steps.Cast<NestStep>()];
    }

    [Test]
    public void Squares_are_one_vectorised_loop()
    {
        var kernel = Nests(s_square, [1000]).Single();
        Assert.That(kernel.Text, Does.StartWith("loop 1000 of multiply"));
        Assert.That(kernel.Vector.Lanes, Is.GreaterThan(1));
        Assert.That(kernel.Reads, Is.EqualTo([0]));
        Assert.That(kernel.Writes, Is.EqualTo([1]));
    }

    static IEnumerable<TestCaseData> Passes =>
    [
        new TestCaseData((Func<TensorExpr, TensorExpr>)(x => ((x * 2 + 1).Exp() - x).Sin()), 1, 2).SetArgDisplayNames("elementwise chain"),
        new TestCaseData((Func<TensorExpr, TensorExpr>)(x => (x * x).Sum(-1).Sqrt()), 1, 2).SetArgDisplayNames("norm"),
        new TestCaseData((Func<TensorExpr, TensorExpr>)(x => (x * x).Mean(-1) - x.Mean(-1) * x.Mean(-1)), 1, 2).SetArgDisplayNames("variance, with the mean shared"),
        new TestCaseData((Func<TensorExpr, TensorExpr>)(x => x.CumSum(0)), 1, 2).SetArgDisplayNames("cumsum"),
        new TestCaseData((Func<TensorExpr, TensorExpr>)(x => (x + 1).Transpose().Slice(0, 0, 5) * 2), 1, 2).SetArgDisplayNames("views"),
        new TestCaseData((Func<TensorExpr, TensorExpr>)Operations.Softmax, 3, 9).SetArgDisplayNames("softmax"),
        new TestCaseData((Func<TensorExpr, TensorExpr>)(x => (x[0] + 1).Dot(x[1] * 2).Sqrt() * 3), 1, 2).SetArgDisplayNames("dot with what is around it"),
        new TestCaseData((Func<TensorExpr, TensorExpr>)(x => Fn.Einsum("i,j->ij", x[0], x[1] * 2).Exp() - 1), 1, 2).SetArgDisplayNames("outer product with what is around it"),
    ];

    [Test]
    public void A_loop_over_a_vector_is_one_kernel_with_its_value_in_a_register()
    {
        var sum = Fn.Jit(x => Fn.ForiLoop(0, 500, (i, value) => value + x.At(i) * i.Convert<double>(), Fn.Scalar(0.0)));
        var kernel = Nests(sum, [500]).Single();
        Assert.That(kernel.Text, Is.EqualTo("scan (500) of add multiply, scalar"));
        var x = Run.Count(500);
        Run.AreClose(Run.Compiled(sum, x)[0], Run.Interpreted(sum, x)[0]);
    }

    [TestCaseSource(nameof(Passes))]
    public void Memory_is_passed_over_so_often(Func<TensorExpr, TensorExpr> function, int kernels, int passes)
    {
        var nests = Nests(Fn.Jit(function), [64, 48]);
        Assert.That(nests, Has.Count.EqualTo(kernels), string.Join('\n', nests.Select(nest => nest.Text)));
        Assert.That(nests.Sum(nest => nest.Reads.Length + nest.Writes.Length), Is.EqualTo(passes));
    }

    [Test]
    public void Explain_prints_graph_kernels_and_what_they_read_and_write()
    {
        var text = Fn.Jit(x => (x * x + x * x).Sum(0) + 1).Explain<double>([3, 5]);
        Assert.That(text.Replace("vectors of 4", "scalar").Replace("vectors of 2", "scalar"), Is.EqualTo("""
            %1 = multiply double[3, 5] (%0, %0)
            %2 = add double[3, 5] (%1, %1)
            %3 = reduce_add[0] double[5] (%2)
            %4 = broadcast[5][] double[5] (1)
            %5 = add double[5] (%3, %4)
            return %5
            kernel 0: reduction 5 (3) of add multiply, scalar; reads in0; writes out0
            workspace 0 bytes
            """));
    }

    [Test]
    public void Dead_code_is_dropped_and_constants_are_folded()
    {
        var graph = Fn.Jit(x =>
        {
            _ = x.Exp();
            return x * (Fn.Scalar(2.0) + 3);
        }).Compile<double>([4]).Graph;
        Assert.That(graph.ToString(), Is.EqualTo("%1 = broadcast[4][] double[4] (5)\n%2 = multiply double[4] (%0, %1)\nreturn %2"));
    }

    [Test]
    public void InvokeInto_allocates_nothing()
    {
        var (x, result) = (new double[1000], new double[1000]);
        var cumsum = Fn.Jit(values => values.CumSum(0));
        var layer = Fn.Jit((values, weights) => Fn.Max(values.MatMul(weights) + 1, 0));
        var (matrix, square) = (new double[10, 10], new double[100]);
        Assert.That(BytesPerCall(() => s_square.InvokeInto<double>(result, x)), Is.Zero);
        Assert.That(BytesPerCall(() => cumsum.InvokeInto<double>(result, x)), Is.Zero);
        Assert.That(BytesPerCall(() => layer.InvokeInto(new TensorSpan<double>(square, [10, 10]), matrix, matrix)), Is.Zero);
    }

    [Test]
    public void A_destination_may_overlap_an_operand_and_have_strides()
    {
        double[] values = [1, 2, 3, 4, 5];
        Fn.Jit(x => x.CumSum(0)).InvokeInto(new TensorSpan<double>(values, 1, [4], [1]), new Operand<double>(values, [4]));
        Assert.That(values, Is.EqualTo([1.0, 1, 3, 6, 10]));
        var target = new double[6];
        s_square.InvokeInto(new TensorSpan<double>(target, [3], [2]), new double[] { 1, 2, 3 });
        Assert.That(target, Is.EqualTo([1.0, 0, 4, 0, 9, 0]));
    }

    [Test]
    public void A_destination_may_be_an_array_even_the_operand_itself()
    {
        double[] values = [1, 2, 3, 4], sum = [0];
        s_square.InvokeInto(values, values);
        Assert.That(values, Is.EqualTo([1.0, 4, 9, 16]));
        Fn.Jit(x => x.Sum()).InvokeInto(sum, values);
        Assert.That(sum, Is.EqualTo([30.0]));
        s_square.InvokeInto(Array.Empty<double>(), Array.Empty<double>());
        Assert.That(() => s_square.InvokeInto(sum, values), Throws.InstanceOf<EinsumException>().With.Message.Contains("EIN0521"));
        Assert.That(() => s_square.InvokeInto((double[])null!, values), Throws.ArgumentNullException);
    }

    [Test]
    public void Operands_may_have_any_strides()
    {
        var x = new Operand<double>(new double[] { 0, 1, 2, 3, 4, 5 }, [3, 2], [1, 3]);
        Assert.That(Fn.Jit(v => v + 1).Eval<double>(x).ToArray(), Is.EqualTo([1.0, 4, 2, 5, 3, 6]));
    }

    [Test]
    public void Special_values_go_through_vectors_as_through_scalars()
    {
        double[] values = [double.NaN, 1, -1, double.PositiveInfinity, double.NegativeInfinity, 0.0, -0.0, 5, double.NaN, 2, 3, 4, 5, 6, 7, 8, 9];
        var function = Fn.Jit(x => Fn.Where(x < 2, Fn.Max(x, 0.5), Fn.Min(x.Abs(), 4)));
        var dense = Dense.Of([values.Length], values);
        Assert.That(Run.Compiled(function, dense)[0].As<double>(), Is.EqualTo(Run.Interpreted(function, dense)[0].As<double>()));
        Assert.That(Fn.Jit(x => x.Max()).Eval<double>(values).ToArray(), Is.EqualTo([double.NaN]));
    }

    [Test]
    public void Without_emitted_code_everything_is_interpreted_and_Explain_says_so()
    {
        var plan = Planner.Run(Fn.Jit(x => x * x + 1).Compile<double>([4]).Graph, emits: false, BlockLimits.Default);
        Assert.That(plan.ToString(), Does.StartWith("interpreted: this runtime does not emit code\nkernel 0: interpreted"));
        Assert.That(plan.Steps, Is.All.InstanceOf<InterpretedStep>().Or.InstanceOf<ConstantStep>());
    }

    [Test]
    public void Many_threads_may_share_a_function()
    {
        var function = Fn.Jit(x => Operations.Softmax(x).Sum(-1));
        Parallel.For(0, 200, i => Assert.That(function.Eval<double>(new double[3 + i % 5, 40]).ToArray(), Is.All.EqualTo(1).Within(1e-12)));
    }

    static long BytesPerCall(Action call)
    {
        for (var i = 0; i < 100; i++) call();
        return Enumerable.Range(0, 20).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            call();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
    }
}
