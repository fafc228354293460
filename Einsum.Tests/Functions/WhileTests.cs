using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Whiles, alone and mapped: the meaning of a loop for each element.</summary>
[Parallelizable(ParallelScope.All)]
abstract class WhileTests<TTarget> where TTarget : IFunctionTarget
{
    static Dense Longs(params long[] values) => Dense.Of([values.Length], values);

    protected static void Agrees(TensorFunction function, params Dense[] operands)
    {
        var program = function.On(TTarget.Engine).Compile([.. operands.Select(operand => operand.Type)]);
        foreach (var (actual, expected) in Run.By(program, operands).Zip(Run.Interpreted(function, operands))) Run.AreClose(actual, expected, program.ToString());
    }

    [Test]
    public void Elements_that_have_ended_divide_by_nothing()
    {
        // Where the divisor is 0 the loop never starts, or has ended.
        var greatest = Fn.Vmap((x, y) => Fn.While(c => c[1].NotEqualTo(0), c => [c[1], c[0] % c[1]], [x, y])[0]);
        Agrees(greatest, Longs(48, 7, 0, 9, 12), Longs(180, 0, 5, 3, 12));
        Assert.That(Run.Compiled(greatest.On(TTarget.Engine), Longs(48, 7, 0), Longs(180, 0, 5))[0].As<long>(), Is.EqualTo([12L, 7, 5]));

        // The same with vectors in the carry, which no single kernel holds.
        var vectors = Fn.Vmap((x, y) => Fn.While(c => c[1].Sum() > 0, c => [c[0] + 100 / c[1].Sum(), c[1] - 1], [x, y])[0]);
        var rows = Dense.Of([3, 2], [0L, 0, 2, 3, 1, 0]);
        Agrees(vectors, Longs(1, 2, 3), rows);
    }

    [Test]
    public void A_mapped_while_in_a_while_ends_where_only_those_that_go_on_would_end()
    {
        // The inner loop of an element that has ended, at 0, would never end.
        var function = Fn.Vmap(x => Fn.While(c => c.Sum() > 1, c => Fn.While(d => d.Sum() < 100, d => d * 2, c) / 150, x));
        Agrees(function, Dense.Of([4, 2], [0.0, 0, 2, 1, 50, 60, 0, 1]));
    }

    [Test]
    public void Whiles_nest_and_capture_from_every_level()
    {
        var function = Fn.Vmap((a, b) => Fn.While(c => c[0] < 5 + b.Sum(), c => [c[0] + Fn.While(d => d < a, d => d * 2 + c[0], Fn.Scalar(0.5)), c[1] * 0.5 + b], [a * 0.1, b])[1], [0, 0]);
        Agrees(function, Dense.Of([3], [1.0, 2, 0.3]), Run.Count(3, 2));
    }

    [Test]
    public void Whiles_are_mapped_over_two_axes_each_of_which_some_operand_has()
    {
        var inner = Fn.Vmap((x, y) => Fn.While(c => c < y + 3, c => c * 1.5 + 0.25, x), [0, null]);
        Agrees(Fn.Vmap(inner, [null, 0]), Dense.Of([3], [0.1, 2, 9]), Dense.Of([4], [1.0, 5, -9, 30]));
        Agrees(Fn.Vmap(inner, [1, 0], 1), Run.Numbers(new Random(5), [3, 4]), Dense.Of([4], [1.0, 5, -9, 30]));
        var rows = Fn.Vmap((x, w) => Fn.While(c => c.Sum() < 9, c => c + w.MatMul(c).Abs() + 0.5, x), [0, null]);
        Agrees(Fn.Vmap(rows, [0, null]), Run.Numbers(new Random(6), [2, 3, 2]), Run.Numbers(new Random(7), [2, 2]));
        Agrees(Fn.Vmap(rows, [null, 0]), Run.Numbers(new Random(8), [3, 2]), Run.Numbers(new Random(9), [4, 2, 2]));
        Agrees(rows, Dense.Of([0, 2], Array.Empty<double>()), Run.Numbers(new Random(9), [2, 2]));
    }

    [Test]
    public void A_condition_that_is_the_same_for_all_ends_them_together()
    {
        var function = Fn.Vmap((x, n) => Fn.While(c => c[0] < n, c => [c[0] + 1, c[1] * 2 + x], [Fn.Scalar(0.0), x])[1], [0, null]);
        Agrees(function, Run.Count(6), Dense.Of([], [4.0]));
    }

    [Test]
    public void Conditions_may_capture_what_is_mapped_and_carries_be_bools()
    {
        var function = Fn.Vmap((x, limit) => Fn.While(
            c => c[1] & (c[0] < limit), c => [c[0] * 2 + 1, c[0] < 20, c[2] + 1], [x, Fn.Constant<bool>(true), Fn.Constant<long>(0)]) is var results ? results[0] + results[2].Convert<double>() : x);
        Agrees(function, Run.Count(40), Dense.Of([40], Enumerable.Range(0, 40).Select(i => i * 3.0 % 50).ToArray()));
    }

    static IEnumerable<TestCaseData> Mapped => Operations.Cases.Where((_, i) => i % TTarget.MappedOf == 0);

    /// <summary>Every operation in the body of a while that is mapped, whose elements end at different times.</summary>
    [TestCaseSource(nameof(Mapped))]
    public void Every_operation_runs_in_a_mapped_while(Func<TensorExpr, TensorExpr, TensorExpr> operation)
    {
        var random = new Random(7);
        var function = Fn.Vmap((n, x, y) => Fn.While(c => c[0] < n, c => [c[0] + 1, c[1] * 0.5 + operation(c[1], y).Convert<double>().Sum() * 0.01], [Fn.Scalar(0.0), x])[1], [0, null, null]);
        Agrees(function, Dense.Of([4], [2.0, 0, 3, 1]), Run.Numbers(random, [3, 4]), Run.Numbers(random, [3, 4]));
    }
}

/// <summary>On the processor, where a while is one kernel.</summary>
sealed class CpuWhileTests : WhileTests<CpuFunctionConformance.Target>
{
    static NestStep Nest(TensorFunction function, params TensorType[] types)
    {
        var program = function.Compile([.. types]);
        Assert.That(program.Steps, Has.Length.EqualTo(1).And.All.InstanceOf<NestStep>(), program.ToString());
        return (NestStep)program.Steps[0];
    }

    [Test]
    public void A_while_of_scalars_is_one_kernel_with_its_carries_in_registers()
    {
        // Euclid's algorithm.
        var function = Fn.Jit((x, y) => Fn.While(c => c[1].NotEqualTo(0), c => [c[1], c[0] % c[1]], [x, y])[0]);
        var kernel = Nest(function, new(ElementType.Long, []), new(ElementType.Long, []));
        Assert.That(kernel.Text, Is.EqualTo("while of remainder notequal, scalar"));
        Assert.That(kernel.Kernel.ToString(), Is.EqualTo("s0 = %0[0]; s1 = %1[0]; while notequal(s1, 0): s0 = s1; s1 = remainder(s0, s1); %2[0] = s0"));
        Assert.That(function.Eval<long>(48, 180).ToArray(), Is.EqualTo([12L]));
    }

    [Test]
    public void A_mapped_while_of_scalars_is_one_vectorised_kernel_in_which_each_element_ends_on_its_own([Values(1, 5, 16, 37, 1000)] int count)
    {
        // Newton's square root.
        var function = Fn.Vmap(x => Fn.While(r => (r * r - x).Abs() > 1e-9 * x, r => 0.5 * (r + x / r), x));
        var kernel = Nest(function, new TensorType(ElementType.Double, [1000]));
        Assert.That(kernel.Vector.Lanes, Is.GreaterThan(1));
        Assert.That(kernel.Text, Does.StartWith("while 1000 of "));
        var x = Dense.Of([count], Enumerable.Range(1, count).Select(i => i * 0.37).ToArray());
        Agrees(function, x);
        Assert.That(Run.Compiled(function, x)[0].As<double>(), Is.EqualTo(x.As<double>().Select(Math.Sqrt)).Within(1e-6));
    }

    [Test]
    public void A_while_over_tensors_is_one_kernel_of_condition_and_body()
    {
        var function = Fn.JitAll(x => Fn.While(c => c[1].Sum() < 90 & c[0] < 40, c => [c[0] + 1, c[1] * 1.1 + x[2].MatMul(c[1]) * 0.1 + c[0], c[1]], [x[0], x[1], x[1]]));
        Dense[] operands = [Dense.Of([], [0.0]), Run.Count(5), Run.Numbers(new Random(1), [5, 5])];
        Agrees(function, operands);
        var step = function.Compile([.. operands.Select(operand => operand.Type)]).Steps.OfType<SequenceStep>().Single();
        Assert.That(step.Text, Does.StartWith("one kernel of while, 1 of 3 carries in registers: while reduction (5) of add less and: "));
        Assert.That(step.Sequence.Body.Parts.Concat(step.Sequence.Condition!.Parts), Is.All.Matches<LoopPart>(part => part.Kernel is not null));
    }

    [Test]
    public void A_while_of_large_products_calls_their_kernels_and_nothing_else()
    {
        var function = Fn.Jit((x, w) => Fn.While(c => c.Abs().Max() > 0.5, c => c.MatMul(w) * 0.01 + c * 0.1, x));
        var step = (SequenceStep)function.Compile<double>([100, 80], [80, 80]).Steps.Single();
        Assert.That(step.Sequence.Body.Parts.Count(part => part.Kernel is null), Is.EqualTo(1), step.Text);
        Assert.That(step.Text, Does.Contain("call of einsum ij,jk->ik"));
        Agrees(function, Run.Numbers(new Random(2), [100, 80]), Run.Numbers(new Random(3), [80, 80]));
    }

    [Test]
    public void What_the_body_captures_is_computed_before_the_loop()
    {
        var function = Fn.Jit((x, y) => Fn.ForiLoop(0, 9, (_, c) => c * 0.5 + y.Exp(), x));
        var program = function.Compile<double>([8], [8]);
        Assert.That(program.Steps.OfType<NestStep>().Select(step => step.Text), Is.EqualTo(["loop 8 of exp", "scan 8 (9) of add multiply"]).Using<string>((a, b) => b.StartsWith(a) || a.StartsWith(b)), program.ToString());
        Agrees(function, Run.Count(8), Run.Numbers(new Random(1), [8]));
    }

    [Test]
    public void A_mapped_while_of_vectors_is_a_loop_of_kernels()
    {
        var vectors = Fn.Vmap((x, y) => Fn.While(c => c[1].Sum() > 0, c => [c[0] + 100 / c[1].Sum(), c[1] - 1], [x, y])[0]);
        Assert.That(vectors.Compile([new(ElementType.Long, [3]), new(ElementType.Long, [3, 2])]).Steps, Has.Length.EqualTo(1).And.All.InstanceOf<SequenceStep>());
    }
}
