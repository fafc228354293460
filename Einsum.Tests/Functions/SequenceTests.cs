using System.Numerics.Tensors;
using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Loops whose bodies reduce, contract, or have several shapes.</summary>
static class Sequences
{
    internal static IEnumerable<TestCaseData> Bodies =>
    [
        Case("mean of each row", (c, row, _) => ([c[0] * 0.5 + row.Mean(), c[1]], [c[0]])),
        Case("softmax of each row", (c, row, _) => ([c[0], c[1]], [Operations.Softmax(row + c[0])])),
        Case("recurrence with a product", (c, row, w) => ([c[0], (Fn.Einsum("ij,j->i", w, c[1]) + row).Tanh()], [c[1].Sum()])),
        Case("several shapes", (c, row, w) => ([c[0] + c[1].Max(), c[1] * 0.5 + row * c[0].Sin()], [c[1], c[0], w * c[0]])),
        Case("carries that change places", (c, row, _) => ([c[1].Sum(), row * c[0]], [c[1]])),
        Case("a carry that stays", (c, row, _) => ([c[0], row], [c[0] + row.Sum()])),
        Case("a carry that is also a result", (c, row, _) => ([c[0] + 1, c[1] + row], [c[0] + 1, c[1] + row])),
        Case("the place of the greatest", (c, row, _) => ([c[0] + row.ArgMax(0).Convert<double>(), c[1]], [row.At(row.ArgMin(0))])),
        Case("a scan in a scan", (c, row, _) => ([c[0] + Fn.Scan((s, v) => (s * 0.5 + v, s), c[0], row).Carry, c[1]], [row.CumSum(0)])),
        Case("element types", (c, row, _) => ([c[0] + (row > 0.2).Convert<long>().Sum().Convert<double>(), c[1]], [(row > c[0]).Any()])),
    ];

    static TestCaseData Case(string name, Func<TensorExpr[], TensorExpr, TensorExpr, (TensorExpr[], TensorExpr[])> body) => new TestCaseData(body).SetArgDisplayNames(name);

    internal static TensorFunction Loop(Func<TensorExpr[], TensorExpr, TensorExpr, (TensorExpr[], TensorExpr[])> body, bool reverse) => Fn.JitAll(x =>
    {
        var (carry, results) = Fn.Scan((c, rows) => body(c, rows[0], x[3]), [x[0], x[1]], [x[2]], reverse: reverse);
        return [.. carry, .. results];
    });

    internal static readonly TensorFunction ScanOfVmap = Fn.Jit(rows => Fn.Scan((c, row) => (Fn.Vmap((x, v) => x * v.Sum() + v.Max()).Invoke(c, row), c), rows[0].Sum(1), rows).Results);

    internal static readonly TensorFunction VmapOfScan = Fn.Vmap(rows => Fn.Scan((c, row) => (c * row.Sum() + row.Max(), c), rows[0].Sum(), rows).Results, 1, 1);

    internal static TensorFunction Products(int trips) => Fn.Jit((x, w) => Fn.ForiLoop(0, trips, (_, c) => c.MatMul(w) * 0.01, x));

    internal static readonly TensorFunction Shared = Fn.Jit(x => Fn.ForiLoop(0, 3, (i, c) => (c * 0.5 + c.Sum(0) * 0.001).Sin(), x));

    internal static TensorFunction Many(int terms) =>
        Fn.Jit(x => Fn.ForiLoop(0, 3, (i, c) => Enumerable.Range(0, terms).Aggregate(c, (sum, k) => sum * 0.5 + sum.CumSum(0).Max() * (0.001 * k)), x));

    /// <summary>The attention of a few queries at a time, as often as the outer loop asks.</summary>
    internal static readonly TensorFunction Attention = Fn.Jit((q, k) =>
        Fn.Scan((c, _) => ([Fn.Scan((s, row) => (s * 0.5 + Operations.Softmax(row.MatMul(k.Transpose()) * s.Sum()).MatMul(k), s), c[0][0], c[0]).Results], []), [q], [], length: 2).Carry[0]);

    /// <summary>Kernels that read the number of the iteration, calls that do, and positions that hang on it.</summary>
    internal static TensorFunction Counting(bool reverse) => Fn.JitAll(x =>
    {
        var numbers = Fn.Einsum("i,->i", Fn.Arange(3), x[0][0].Convert<long>() + 2);
        return Fn.Scan((c, at) => ([c[0] + x[0].At(at[0]) * at[1].Convert<double>() + c[0].Sum() * 0.01, Fn.Einsum("i,->i", c[1], at[1])], [at[0] * 2]), [x[0], numbers], [Fn.Arange(5), Fn.Arange(5)], reverse: reverse) is var (carry, ys) ? [.. carry, .. ys] : [];
    });

    internal static TensorFunction Nested(long times, bool isElementwise) =>
        Fn.Jit(x => Fn.ForiLoop(0, 3, (_, c) => Fn.ForiLoop(0, times, (i, d) => d * 0.5 + i.Convert<double>() * (isElementwise ? d : d.Sum()), c) + c.Sum() * 0.1, x));

    /// <summary>Of square matrices.</summary>
    internal static IEnumerable<TestCaseData> OfSquares =>
    [
        new TestCaseData(Fn.Jit(x => Fn.Scan((c, row) => (c * 0.5 + row.Max(), c + row.Sum()), Fn.Scalar(0.0), x).Results.Broadcast([60, 60]))).SetArgDisplayNames("reductions"),
        new TestCaseData(Fn.Jit(x => Fn.ForiLoop(0, 50, (i, c) => c.MatMul(x) * 0.01 + i.Convert<double>(), x))).SetArgDisplayNames("products"),
        new TestCaseData(Fn.Jit(x => Fn.While(c => c.Sum() < 1e5, c => c.Abs() + c.MatMul(x) * 0.01 + 1, x))).SetArgDisplayNames("while"),
        new TestCaseData(Fn.Vmap(x => Fn.While(c => c.Sum() < 1e3, c => c * 1.5 + 1, x))).SetArgDisplayNames("mapped while"),
        new TestCaseData(Fn.Vmap(Fn.Vmap(x => Fn.While(c => c < 1e3, c => c * 1.5 + 1, x)))).SetArgDisplayNames("mapped while of scalars"),
        new TestCaseData(Fn.Jit(x => Fn.ForiLoop(0, 5, (i, c) => Fn.Scan((s, row) => (s + row.Sum(), s + row), x[0], c).Results.MatMul(x), x))).SetArgDisplayNames("a loop in a loop"),
    ];

    internal static TensorFunction With(Func<TensorExpr, TensorExpr, TensorExpr> operation) =>
        Fn.Jit((x, y) => Fn.ForiLoop(-1, 3, (i, c) => c * 0.5 + operation(c, y).Convert<double>().Sum() * 0.01 * i.Convert<double>(), x));
}

/// <summary>Such loops on an engine, against the interpreter.</summary>
[Parallelizable(ParallelScope.All)]
abstract class SequenceTests<TTarget> where TTarget : IFunctionTarget
{
    static void Agree(TensorFunction function, params Dense[] operands)
    {
        var program = function.On(TTarget.Engine).Compile([.. operands.Select(operand => operand.Type)]);
        foreach (var (actual, expected) in Run.By(program, operands).Zip(Run.Interpreted(function, operands))) Run.AreClose(actual, expected, program.ToString(), 1e-11);
    }

    [Test]
    public void Scans_of_vmaps_and_vmaps_of_scans_agree()
    {
        var x = Run.Numbers(new Random(3), [6, 5, 4]);
        Agree(Sequences.ScanOfVmap, x);
        Run.AreClose(Run.Compiled(Sequences.ScanOfVmap.On(TTarget.Engine), x)[0], Run.Compiled(Sequences.VmapOfScan.On(TTarget.Engine), x)[0]);
    }

    [Test]
    public void Loops_of_products_agree([Values(0, 1, 2, 3)] int trips) => Agree(Sequences.Products(trips), Run.Numbers(new Random(4), [100, 100]), Run.Numbers(new Random(5), [100, 100]));

    [Test]
    public void Loops_of_much_agree()
    {
        Agree(Sequences.Shared, Run.Numbers(new Random(1), [300, 300]));
        if (!TTarget.HasFewSizes) Agree(Sequences.Many(60), Run.Count(7));
    }

    [Test]
    public void Loops_of_loops_of_products_agree() => Agree(Sequences.Attention, Run.Numbers(new Random(1), [3, 70, 8]), Run.Numbers(new Random(2), [70, 8]));

    [Test]
    public void Loops_of_loops_agree([Values] bool isElementwise)
    {
        if (!TTarget.HasFewSizes) Agree(Sequences.Nested(5, isElementwise), Run.Count(4));
        Agree(Fn.Vmap(Sequences.Nested(5, isElementwise)), Run.Count(3, 4));
    }

    [Test]
    public void Loops_that_count_agree([Values] bool reverse) => Agree(Sequences.Counting(reverse), Run.Count(5));

    static IEnumerable<TestCaseData> OfSquares => Sequences.OfSquares.Where((_, i) => !TTarget.HasFewSizes || i % 2 == 0);

    [TestCaseSource(nameof(OfSquares))]
    public void Loops_over_squares_agree(TensorFunction function) => Agree(function, Run.Numbers(new Random(6), [60, 60]));

    static IEnumerable<TestCaseData> InLoops => Operations.Cases.Where((_, i) => !TTarget.HasFewSizes || i % TTarget.MappedOf == 1 && i % 5 > 1);

    [TestCaseSource(nameof(InLoops))]
    public void Operations_in_a_loop_agree(Func<TensorExpr, TensorExpr, TensorExpr> operation)
    {
        var random = new Random(7);
        Agree(Sequences.With(operation), Run.Numbers(random, [3, 4]), Run.Numbers(random, [3, 4]));
    }
}

/// <summary>On the processor each is one kernel, with scalars of the carry in registers.</summary>
sealed class CpuSequenceTests : SequenceTests<CpuFunctionConformance.Target>
{
    [TestCaseSource(typeof(Sequences), nameof(Sequences.Bodies))]
    public void A_loop_of_reductions_is_one_kernel(Func<TensorExpr[], TensorExpr, TensorExpr, (TensorExpr[], TensorExpr[])> body)
    {
        foreach (var size in (long[])[1, 3, 21])
        {
            foreach (var length in (long[])[0, 1, 2, 5])
            {
                foreach (var reverse in (bool[])[false, true])
                {
                    var random = new Random((int)(size * 10 + length));
                    Dense[] operands = [Run.Numbers(random, []), Run.Numbers(random, [size]), Run.Numbers(random, [length, size]), Run.Numbers(random, [size, size])];
                    var function = Sequences.Loop(body, reverse);
                    var program = function.Compile([.. operands.Select(operand => operand.Type)]);
                    Assert.That(program.Steps.OfType<InterpretedStep>(), Is.Empty, program.ToString());
                    foreach (var (actual, expected) in Run.By(program, operands).Zip(Run.Interpreted(function, operands))) Run.AreClose(actual, expected, program.ToString());
                }
            }
        }
    }

    [Test]
    public void Scalars_of_the_carry_are_in_registers()
    {
        var function = Fn.Jit(x => Fn.Scan((c, row) => (c * 0.5 + row.Max(), c), Fn.Scalar(0.0), x).Results);
        var step = function.Compile<double>([50, 20]).Steps.OfType<SequenceStep>().Single();
        Assert.That(step.Text, Does.StartWith("one kernel of scan 50, 1 of 1 carries in registers"));
    }

    [Test]
    public void A_loop_of_large_products_calls_the_kernels_of_contractions([Values(0, 1, 2, 3)] int trips)
    {
        var program = Sequences.Products(trips).Compile<double>([100, 100], [100, 100]);
        Assert.That(program.Steps.Single().Text, Does.StartWith($"one kernel of scan {trips}, 0 of 1 carries in registers: call of einsum ij,jk->ik, then in parts loop 100 x 100 of multiply"));
    }

    [Test]
    public void Loops_call_what_threads_share_and_what_is_too_much_for_one_method()
    {
        Assert.That(Sequences.Shared.Compile<double>([300, 300]).Steps.OfType<SequenceStep>().Single().Sequence.Body.Parts.Count(part => part.Kernel is null), Is.GreaterThan(0));
        var x = Run.Numbers(new Random(1), [300, 300]);
        Run.AreClose(Run.Compiled(Sequences.Shared, x)[0], Run.Interpreted(Sequences.Shared, x)[0]);
        var parts = Sequences.Many(60).Compile<double>([7]).Steps.OfType<SequenceStep>().Single().Sequence.Body.Parts;
        Assert.That(parts.Count(part => part.Kernel is null), Is.GreaterThan(0).And.LessThan(parts.Length));
    }

    [Test]
    public void Loops_call_loops_and_blocks() =>
        Assert.That(Sequences.Attention.Compile<double>([3, 70, 8], [70, 8]).Steps.OfType<SequenceStep>().Single().Text, Does.Contain("call of one kernel of scan 3"));

    [Test]
    public void A_loop_counts_without_memory_for_its_numbers([Values] bool reverse) =>
        Assert.That(Sequences.Counting(reverse).Compile<double>([5]).Steps.OfType<SequenceStep>().Single().Sequence.Counters, Has.Count.GreaterThan(0));

    [Test]
    public void Memory_does_not_grow_with_the_trips()
    {
        var bytes = ((long[])[10, 1_000_000_000]).Select(trips => Fn.Jit(x => Fn.ForiLoop(0, trips, (i, c) => c * 0.5 + c.Sum() * i.Convert<double>(), x)).Compile<double>([8])).ToList();
        Assert.That(bytes[0].PeakBytes(1), Is.EqualTo(bytes[1].PeakBytes(1)));
        Assert.That(bytes.Select(program => program.Steps.Single()), Is.All.InstanceOf<SequenceStep>());
        Assert.That(bytes[1].Steps.OfType<SequenceStep>().Single().MemoryBytes, Is.EqualTo(bytes[0].Steps.OfType<SequenceStep>().Single().MemoryBytes).And.LessThan(1000));

        var function = Fn.Jit(x => Fn.ForiLoop(0, 2_000_000, (i, c) => c * 0.5 + (c.Sum() + i.Convert<double>()) * 1e-9, x));
        var before = Environment.WorkingSet;
        function.Eval<double>(new double[8]);
        Assert.That(Environment.WorkingSet - before, Is.LessThan(12_000_000), "2 million longs are 16 MB");
    }

    [Test]
    public void A_loop_in_a_loop_counts_without_memory([Values] bool isElementwise)
    {
        var program = Sequences.Nested(1_000_000_000, isElementwise).Compile<double>([4]);
        Assert.That(program.Plan.WorkspaceBytes + ((SequenceStep)program.Steps.Single()).MemoryBytes, Is.LessThan(10_000), program.ToString());
    }

    [TestCaseSource(typeof(Sequences), nameof(Sequences.OfSquares)), NonParallelizable]
    public void Trips_allocate_nothing(TensorFunction function)
    {
        var (x, result) = (new double[60, 60], new double[60, 60]);
        for (var i = 0; i < 40; i++) function.InvokeInto(new TensorSpan<double>(result), x);
        var least = Enumerable.Range(0, 10).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            function.InvokeInto(new TensorSpan<double>(result), x);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.That(least, Is.Zero);
    }

    [TestCaseSource(typeof(Operations), nameof(Operations.Cases))]
    public void Every_operation_runs_compiled_in_a_loop(Func<TensorExpr, TensorExpr, TensorExpr> operation) =>
        Assert.That(Sequences.With(operation).Compile<double>([3, 4], [3, 4]).Steps.OfType<InterpretedStep>(), Is.Empty);
}
