using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Loops whose bodies reduce, contract, or have several shapes: one kernel, with scalars of the carry in registers.</summary>
[Parallelizable(ParallelScope.All)]
sealed class SequenceTests
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

    [TestCaseSource(nameof(Bodies))]
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
                    var function = Loop(body, reverse);
                    var program = function.Compile([.. operands.Select(operand => operand.Type)]);
                    Assert.That(program.Steps.OfType<LoopStep>(), Is.Empty, program.ToString());
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
    public void Scans_of_vmaps_and_vmaps_of_scans_agree()
    {
        var x = Run.Numbers(new Random(3), [6, 5, 4]);
        var inner = Fn.Vmap((c, v) => c * v.Sum() + v.Max());
        var scanOfVmap = Fn.Jit(rows => Fn.Scan((c, row) => (inner.Invoke(c, row), c), rows[0].Sum(1), rows).Results);
        var vmapOfScan = Fn.Vmap(rows => Fn.Scan((c, row) => (c * row.Sum() + row.Max(), c), rows[0].Sum(), rows).Results, 1, 1);
        Run.AreClose(Run.Compiled(scanOfVmap, x)[0], Run.Compiled(vmapOfScan, x)[0]);
        Run.AreClose(Run.Compiled(scanOfVmap, x)[0], Run.Interpreted(scanOfVmap, x)[0]);
    }

    [Test]
    public void A_loop_of_large_products_keeps_the_kernels_of_contractions()
    {
        var function = Fn.Jit((x, w) => Fn.ForiLoop(0, 3, (_, c) => c.MatMul(w) * 0.01, x));
        Assert.That(function.Compile<double>([100, 100], [100, 100]).Steps, Has.Exactly(1).InstanceOf<LoopStep>());
        var random = new Random(4);
        Dense[] operands = [Run.Numbers(random, [100, 100]), Run.Numbers(random, [100, 100])];
        Run.AreClose(Run.Compiled(function, operands)[0], Run.Interpreted(function, operands)[0], tolerance: 1e-11);
    }

    [Test]
    public void A_loop_in_one_kernel_allocates_nothing()
    {
        var function = Fn.Jit(x => Fn.Scan((c, row) => (c * 0.5 + row.Max(), c + row.Sum()), Fn.Scalar(0.0), x).Results);
        var (x, result) = (new double[50, 20], new double[50]);
        for (var i = 0; i < 100; i++) function.InvokeInto<double>(result, x);
        var before = GC.GetAllocatedBytesForCurrentThread();
        function.InvokeInto<double>(result, x);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
