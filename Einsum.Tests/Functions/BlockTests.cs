using EinsumNet.Backends.Cpu;
using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

using Program = EinsumNet.Functions.Program;

/// <summary>Steps that run block by block, long reductions in stretches, and threads: results agree with the interpreter, whoever computes which part.</summary>
[NonParallelizable]
sealed class BlockTests
{
    static TensorExpr Attention(TensorExpr q, TensorExpr k, TensorExpr v) =>
        Operations.Softmax(Fn.Einsum("bhqd,bhkd->bhqk", q, k) / Math.Sqrt(q.Shape[3])).MatMul(v);

    static TensorExpr Layer(TensorExpr x, TensorExpr weights, TensorExpr bias) => Fn.Max(x.MatMul(weights) + bias, 0);

    internal static IEnumerable<TestCaseData> Cases =>
    [
        Case("softmax", x => Operations.Softmax(x[0]), [37, 19]),
        Case("softmax of rank 3", x => Operations.Softmax(x[0]), [5, 7, 19]),
        Case("attention", x => Attention(x[0], x[1], x[2]), [2, 3, 21, 5], [2, 3, 17, 5], [2, 3, 17, 4]),
        Case("attention, keys for all heads", x => Operations.Softmax(Fn.Einsum("hqd,kd->hqk", x[0], x[1])).MatMul(x[2]), [3, 21, 5], [17, 5], [17, 4]),
        Case("attention, axes in another order", x => Fn.Einsum("bhqk,bkhd->bqhd", Operations.Softmax(Fn.Einsum("bqhd,bkhd->bhqk", x[0], x[1])), x[2]), [2, 21, 3, 5], [2, 17, 3, 5], [2, 17, 3, 4]),
        Case("keys of size 1", x => Operations.Softmax(Fn.Einsum("hqd,hkd->hqk", x[0], x[1])).MatMul(x[2]), [3, 41, 5], [1, 17, 5], [3, 17, 4]),
        Case("bias and ReLU", x => Layer(x[0], x[1], x[2]), [50, 6], [6, 9], [9]),
        Case("two layers", x => Layer(Layer(x[0], x[1], x[2]), x[3], x[2]), [50, 6], [6, 9], [9], [9, 9]),
        Case("prologue", x => Fn.Einsum("ij,jk->ik", (x[0] * 2).Exp(), x[1]), [60, 9], [9, 4]),
        Case("scores are a result as well", x => (x[0].MatMul(x[1])).Exp() is var e ? e / e.Sum(-1).ExpandDims(-1) + e.Max() : e, [40, 6], [6, 9]),
        Case("normalised columns", x => x[0].Exp() / x[0].Exp().Sum(0), [40, 23]),
    ];

    static TestCaseData Case(string name, Func<TensorExpr[], TensorExpr> function, params Shape[] shapes) => new TestCaseData(function, shapes).SetArgDisplayNames(name);

    [TestCaseSource(nameof(Cases))]
    public void Blocks_agree_with_the_interpreter(Func<TensorExpr[], TensorExpr> function, Shape[] shapes)
    {
        var random = new Random(5);
        var jit = Fn.JitAll(x => [function(x)]);
        var operands = shapes.Select(shape => Run.Numbers(random, shape)).ToArray();
        Run.AreClose(Run.InBlocks(jit, operands)[0], Run.Interpreted(jit, operands)[0]);
        Run.AreClose(Run.Compiled(jit, operands)[0], Run.Interpreted(jit, operands)[0]);
    }

    [Test]
    public void Attention_is_one_step_whose_scores_are_never_whole()
    {
        var function = Fn.Jit((q, k, v) => Operations.Softmax(q.MatMul(k.Transpose()) / 8).MatMul(v));
        var program = function.Compile<float>([1024, 64], [1024, 64], [1024, 64]);
        var block = (BlockPlan)program.Plan.Planned.Single();
        Assert.That(block.Reads, Is.EqualTo([0, 1, 2]));
        Assert.That(block.Writes, Is.EqualTo([3]));
        Assert.That(block.Steps.Select(step => step.GetType().Name), Is.EqualTo(["ContractPlan", "NestPlan", "NestPlan", "NestPlan", "ContractPlan"]));
        // The scores, their exponentials and their quotients are written one over the other.
        Assert.That(block.Bytes, Is.LessThan(block.Rows * (1024 + 64) * sizeof(float)));
        Assert.That(program.Workspace.Bytes, Is.Zero);
    }

    [Test]
    public void A_layer_is_one_step_that_passes_over_its_operands_and_result_once()
    {
        // By a kernel that packs panels, and by one that does not.
        foreach (var (rows, width) in ((int, int)[])[(4096, 256), (40000, 32)])
        {
            var program = Fn.Jit(Layer).Compile<float>([rows, width], [width, width], [width]);
            var layer = (FusedContractPlan)program.Plan.Planned.Single();
            Assert.That((layer.Reads, layer.Writes, layer.InParts, program.Workspace.Bytes), Is.EqualTo(((int[])[0, 1, 2], (int[])[3], true, 0L)));
        }
    }

    [Test]
    public void Explain_prints_blocks_with_what_is_in_them()
    {
        var text = Fn.Jit(x => Operations.Softmax(x)).Explain<double>([4096, 4096]).Split('\n').SkipWhile(line => !line.StartsWith("kernel")).ToList();
        Assert.That(text[0], Does.Match("^kernel 0: [0-9]+ blocks of [0-9]+ in 4096, [0-9]+ bytes each; reads in0; writes out0$"));
        Assert.That(text[1], Does.Match("^  reduction 4096 \\(4096\\) of max, (scalar|vectors of [0-9]); reads in0; writes tmp0$"));
        Assert.That(text[2], Does.Match("^  reduction 4096 \\(4096\\) of add subtract exp, (scalar|vectors of [0-9]); reads in0, tmp0; writes tmp1, tmp2$"));
        Assert.That(text[3], Does.Match("^  loop 4096 x 4096 of divide, (scalar|vectors of [0-9]); reads tmp1, tmp2; writes out0$"));
        Assert.That(text[4], Is.EqualTo("workspace 0 bytes"));
    }

    static IEnumerable<TestCaseData> Large =>
    [
        new TestCaseData((Func<TensorExpr, TensorExpr>)(x => x.Sum())).SetArgDisplayNames("sum"),
        new TestCaseData((Func<TensorExpr, TensorExpr>)(x => (x * x).Sum(0))).SetArgDisplayNames("columns"),
        new TestCaseData((Func<TensorExpr, TensorExpr>)(x => x.Max() - x.Min())).SetArgDisplayNames("range"),
        new TestCaseData((Func<TensorExpr, TensorExpr>)(x => x.Reshape([-1]).ArgMax(0).Convert<double>())).SetArgDisplayNames("argmax"),
        new TestCaseData((Func<TensorExpr, TensorExpr>)(x => (x * 3 + 1).Exp() - x.Sin())).SetArgDisplayNames("elements"),
        new TestCaseData((Func<TensorExpr, TensorExpr>)Operations.Softmax).SetArgDisplayNames("softmax"),
        new TestCaseData((Func<TensorExpr, TensorExpr>)(x => Fn.Max(x.MatMul(x.Transpose()) - 300, 0))).SetArgDisplayNames("product and ReLU"),
        new TestCaseData((Func<TensorExpr, TensorExpr>)(x => x.CumSum(0))).SetArgDisplayNames("running sums"),
    ];

    [TestCaseSource(nameof(Large))]
    public void Any_number_of_threads_gives_the_same_bits(Func<TensorExpr, TensorExpr> function)
    {
        var x = Run.Numbers(new Random(6), [1201, 1003]);
        var jit = Fn.Jit(function);
        var program = jit.Compile([x.Type]);
        var shared = Run.By(program, x)[0];
        // Inside of a job the pool is taken, so that this thread does all alone.
        var job = new Alone(program, x, new Dense[2]);
        WorkerPool.Shared.Run(ref job, 2, 2);
        foreach (var alone in job.Results) Assert.That(alone.As<double>(), Is.EqualTo(shared.As<double>()));
        Run.AreClose(shared, Run.Interpreted(jit, x)[0], tolerance: 1e-9);
    }

    readonly struct Alone(Program program, Dense x, Dense[] results) : IJob
    {
        internal Dense[] Results => results;

        public void Execute(int task) => results[task] = Run.By(program, x)[0];
    }

    [Test]
    public void A_long_sum_is_cut_into_stretches_of_which_the_last_is_the_rest()
    {
        var steps = Fn.Jit(x => x.Sum()).Compile<double>([4_000_001]).Steps;
        Assert.That(steps.Select(step => step.Text[..9]), Is.EqualTo(["reduction", "reduction", "reduction"]));
        Assert.That(((NestStep)steps[0]).Kernel.Free, Is.EqualTo([7]));
        Assert.That(((NestStep)steps[1]).Kernel.Inner, Is.EqualTo([4_000_001 % 7]));
    }
}
