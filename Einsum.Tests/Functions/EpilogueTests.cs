using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Contractions whose results are gone on with in place, part by part on the threads that made them.</summary>
[Parallelizable(ParallelScope.All)]
sealed class EpilogueTests
{
    static TensorExpr Relu(TensorExpr x) => Fn.Max(x, 0);

    internal static IEnumerable<TestCaseData> Cases
    {
        get
        {
            yield return Case("a layer", x => Relu(x[0].MatMul(x[1]) + x[2]), inParts: true, [200, 130], [130, 170], [170]);
            yield return Case("edges of tiles", x => Relu(x[0].MatMul(x[1]) * 0.5), inParts: true, [197, 131], [131, 203]);
            yield return Case("a batch", x => x[0].MatMul(x[1]) + x[2], inParts: true, [3, 200, 210], [3, 210, 190], [3, 200, 1]);
            yield return Case("a batch of smaller matrices, cut into rows", x => x[0].MatMul(x[1]) + x[2], inParts: false, [3, 90, 100], [3, 100, 110], [3, 90, 1]);
            yield return Case("a transposed result", x => Fn.Einsum("ij,jk->ki", x[0], x[1]) - x[2], inParts: true, [150, 120], [120, 140], [140, 1]);
            yield return Case("rows of two axes", x => Relu(Fn.Einsum("abj,jk->abk", x[0], x[1]) + x[2]), inParts: true, [10, 17, 100], [100, 150], [150]);
            yield return Case("rows of two axes, taken apart", x => Relu(Fn.Einsum("abj,jk->abk", x[0], x[1]) + x[2]), inParts: false, [10, 17, 100], [100, 150], [17, 150]);
            yield return Case("rows of a narrow product", x => Relu(x[0].MatMul(x[1]) + x[2]), inParts: true, [611, 100], [100, 90], [90]);
            yield return Case("columns of a narrow product", x => Relu(x[0].MatMul(x[1]) + x[2]), inParts: true, [60, 70], [70, 3001], [60, 1]);
            yield return Case("small matrices", x => x[0].MatMul(x[1]) * x[2], inParts: true, [700, 9, 16], [700, 16, 11], [700, 1, 1]);
            yield return Case("a matrix and a vector", x => Relu(Fn.Einsum("ij,j->i", x[0], x[1]) + x[2]), inParts: true, [1500, 900], [900], [1500]);
            yield return Case("a transposed matrix and a vector", x => Relu(Fn.Einsum("ji,j->i", x[0], x[1]) + x[2]), inParts: true, [900, 1500], [900], [1500]);
            yield return Case("a long sum", x => x[0].MatMul(x[1]) + 1, inParts: false, [20, 40000], [40000, 20]);
            yield return Case("no sum", x => x[0].MatMul(x[1]) + x[2], inParts: null, [90, 0], [0, 90], [90]);
            yield return Case("two products", x => x[0].MatMul(x[1]) + x[1].MatMul(x[0]), inParts: true, [120, 120], [120, 120]);
            yield return Case("used twice", x => x[0].MatMul(x[1]) is var y ? y + y.Sum(0) : y, inParts: null, [120, 120], [120, 120]);
            yield return Case("turned behind it", x => x[0].MatMul(x[1]).Transpose() + x[2], inParts: null, [110, 120], [120, 130], [130, 1]);
            yield return Case("another loop behind it", x => Fn.Einsum("ij,jk->ik", x[0].MatMul(x[1]), x[2] + x[3]), inParts: null, [128, 128], [128, 128], [128, 128], [128, 128]);
            yield return Case("few rows", x => Relu(x[0].MatMul(x[1]) + x[2]), inParts: null, [16, 300], [300, 1000], [1000]);
            yield return Case("an operand of its shape", x => Fn.Where(x[2] > 0.5, x[0].MatMul(x[1]), x[2]), inParts: true, [140, 100], [100, 150], [140, 150]);
        }
    }

    static TestCaseData Case(string name, Func<TensorExpr[], TensorExpr> function, bool? inParts, params Shape[] shapes) =>
        new TestCaseData(Fn.JitAll(x => [function(x)]), inParts, shapes).SetArgDisplayNames(name);

    [TestCaseSource(nameof(Cases))]
    public void A_result_is_gone_on_with_in_place(TensorFunction function, bool? inParts, Shape[] shapes)
    {
        var random = new Random(4);
        Dense[] doubles = [.. shapes.Select(shape => Run.Numbers(random, shape))];
        Run.AgreesForAnyThreads(function, doubles);
        if (inParts is not { } expectedParts) return;
        var step = function.Compile([.. doubles.Select(value => value.Type)]).Steps.OfType<FusedContractStep>().Single();
        Assert.That(step.IsInParts, Is.EqualTo(expectedParts), step.Text);
    }

    [Test]
    public void A_layer_is_one_step_without_memory_of_its_own()
    {
        var program = Fn.Jit((x, w, b) => Relu(x.MatMul(w) + b)).Compile<double>([200, 200], [200, 200], [200]);
        Assert.That(program.Steps.Single().Text, Does.Match("^einsum ij,jk->ik, then in parts loop 200 x 200 of add max, (scalar|vectors of [0-9]+)$"));
        Assert.That((program.Steps[0].Reads, program.Steps[0].Writes, program.Plan.WorkspaceBytes), Is.EqualTo(((int[])[0, 1, 2], (int[])[3], 0L)));
    }
}
