using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Contractions whose operands are computed element by element while their kernels pack them.</summary>
[Parallelizable(ParallelScope.All)]
sealed class PrologueTests
{
    static TensorExpr Powers(TensorExpr x) => (x * 0.5).Exp();

    internal static IEnumerable<TestCaseData> Cases
    {
        get
        {
            yield return Case("the left operand", x => Powers(x[0]).MatMul(x[1]), 1, [200, 160], [160, 150]);
            yield return Case("the right operand", x => x[0].MatMul(Powers(x[1])), 1, [200, 160], [160, 150]);
            yield return Case("both", x => (x[0] - 1).MatMul(Powers(x[1])), 2, [190, 170], [170, 181]);
            yield return Case("edges of tiles", x => (x[0] * x[2]).MatMul(x[1] * 3 + x[3]), 2, [197, 131], [131, 203], [131], [131, 1]);
            yield return Case("more than a block of columns", x => Powers(x[0]).MatMul(x[1] + 1), 2, [70, 700], [700, 1700]);
            yield return Case("more than a block of depth and rows", x => (x[0] + 1).MatMul(x[1] * 2), 2, [600, 1400], [1400, 150]);
            yield return Case("a kept part of the depth, with an epilogue", x => Fn.Max((x[0] + 1).MatMul(x[1] * 2) - x[2], 0), 2, [60, 2000], [2000, 700], [700]);
            yield return Case("transposed operands", x => Fn.Einsum("ji,kj->ik", Powers(x[0]), x[1] * 2), 2, [160, 190], [170, 160]);
            yield return Case("a transposed result", x => Fn.Einsum("ij,jk->ki", Powers(x[0]), x[1] - 0.5), 2, [170, 160], [160, 190]);
            yield return Case("of a transposed tensor", x => (x[0].Transpose() * x[2]).MatMul(x[1]), 1, [160, 190], [160, 170], [190, 160]);
            yield return Case("a batch", x => (x[0] + x[2]).MatMul(Powers(x[1])), 2, [3, 140, 150], [3, 150, 145], [3, 1, 150]);
            yield return Case("rows of two axes", x => Fn.Einsum("abj,jk->abk", Powers(x[0]), x[1]), 1, [10, 17, 150], [150, 170]);
            yield return Case("a long sum", x => (x[0] * 2).MatMul(x[1] + 1), 2, [20, 40000], [40000, 20]);
            yield return Case("a long sum of few rows and columns", x => (x[0] * 2).MatMul(x[1] + 1), 2, [16, 40000], [40000, 16]);
            yield return Case("a long sum of few columns", x => Fn.Einsum("ji,jk->ki", Powers(x[0]), x[1]), 1, [20000, 50], [20000, 8]);
            yield return Case("an epilogue, too", x => Fn.Max((x[0] - 1).MatMul(Powers(x[1])) + x[2], 0), 2, [190, 170], [170, 181], [181]);
            yield return Case("rows of a narrow product", x => Powers(x[0]).MatMul(x[1]), 1, [611, 100], [100, 90]);
            yield return Case("rows of a narrow product, with an epilogue", x => Fn.Max(Powers(x[0]).MatMul(x[1]) - x[2], 0), 1, [2300, 33], [33, 37], [37]);
            yield return Case("small matrices", x => Powers(x[0]).MatMul(x[1] * 2 + x[2]), 2, [500, 20, 30], [500, 30, 25], [30, 1]);
            yield return Case("small matrices with an epilogue", x => (x[0] - 1).MatMul(x[1]) + x[2], 1, [700, 9, 16], [700, 16, 11], [700, 9, 11]);
            yield return Case("short sums", x => Fn.Einsum("bij,bj->bi", x[0], Powers(x[1])), 1, [4000, 20, 16], [4000, 16]);
            yield return Case("an operand that all rows need", x => x[0].MatMul(Powers(x[1])) + 1, 0, [2000, 60], [60, 70]);
            yield return Case("a product of itself", x => Powers(x[0]) is var e ? e.MatMul(e) : e, 0, [160, 160]);
            yield return Case("used elsewhere", x => Powers(x[0]) is var e ? e.MatMul(x[1]) + e : e, 0, [160, 160], [160, 160]);
            yield return Case("a vector", x => Fn.Einsum("ij,j->i", Powers(x[0]), x[1]), null, [900, 800], [800]);
            yield return Case("a transposed matrix and a vector", x => Fn.Einsum("ji,j->i", x[0] * 2 + 1, x[1]), null, [900, 800], [900]);
            yield return Case("no rows", x => Powers(x[0]).MatMul(x[1]), null, [0, 160], [160, 150]);
            yield return Case("no sum", x => Powers(x[0]).MatMul(x[1]), null, [160, 0], [0, 150]);
        }
    }

    static TestCaseData Case(string name, Func<TensorExpr[], TensorExpr> function, int? computed, params Shape[] shapes) =>
        new TestCaseData(Fn.JitAll(x => [function(x)]), computed, shapes).SetArgDisplayNames(name);

    [TestCaseSource(nameof(Cases))]
    public void An_operand_is_computed_while_it_is_packed(TensorFunction function, int? computed, Shape[] shapes)
    {
        var random = new Random(7);
        Dense[] doubles = [.. shapes.Select(shape => Run.Numbers(random, shape))];
        Run.AgreesForAnyThreads(function, doubles);
        if (computed is not { } count) return;
        var program = function.Compile([.. doubles.Select(value => value.Type)]);
        Assert.That(program.Steps.OfType<FusedContractStep>().Sum(step => step.ComputedOperands), Is.EqualTo(count), program.Plan.ToString());
        if (count > 0) Assert.That((program.Steps.Length, program.Plan.WorkspaceBytes), Is.EqualTo((1, 0L)), program.Plan.ToString());
    }

    [Test]
    public void Explain_says_which_operand_is_computed_in_blocks()
    {
        var text = Fn.Jit((x, w) => Fn.Max(Powers(x).MatMul(w), 0)).Explain<double>([200, 200], [200, 200]).Split('\n').Single(line => line.StartsWith("kernel"));
        Assert.That(text, Does.Match("^kernel 0: einsum ij,jk->ik, operand 0 in blocks loop 200 x 200 of multiply exp, (scalar|vectors of [0-9]+), then in parts loop 200 x 200 of max, (scalar|vectors of [0-9]+); reads in0, in1; writes out0$"));
    }

    /// <summary>What costs more than computing it again is computed once.</summary>
    [Test]
    public void A_long_prologue_is_a_step_of_its_own()
    {
        var text = Fn.Jit((x, w) => Powers(Powers(Powers(Powers(Powers(x))))).MatMul(w)).Explain<double>([200, 200], [200, 200]);
        Assert.That(text, Does.Match("loop (200 x 200|40000) of multiply exp, .*; reads in0; writes tmp0\n").And.Match("einsum ij,jk->ik; reads tmp0, in1; writes out0"));
    }

    [Test]
    public void A_matrix_computed_for_a_vector_is_never_written()
    {
        foreach (var equation in (string[])["ij,j->i", "ji,j->i", "ij,i->j"])
        {
            var program = Fn.Jit((x, v) => Fn.Einsum(equation, (x * 2 + 1).Exp(), v)).Compile<float>([1500, 1500], [1500]);
            Assert.That((program.Steps.Single(), program.Plan.WorkspaceBytes), Is.EqualTo((program.Steps[0], 0L)), equation);
            Assert.That(program.Steps[0], Is.InstanceOf<NestStep>(), equation);
        }
    }
}
