using System.Numerics.Tensors;
using EinsumNet.Tests.Conformance;

namespace EinsumNet.Tests.Many;

/// <summary>Lists of operands against a loop of single evaluations on the CPU; a subclass per backend.</summary>
[Parallelizable(ParallelScope.All)]
abstract class ManyConformance<TTarget> where TTarget : IConformanceTarget
{
    static readonly EinsumEngine s_engine = new(TTarget.Options);

    [TestCase("ij->ji")]
    [TestCase("ij->")]
    [TestCase("ij,ij->j")]
    [TestCase("ij,ij,ij->i")]
    [TestCase("...j,ij->...i")]
    public void Any_equation(string equation)
    {
        var random = new Random(3);
        var sizes = Enumerable.Range(0, 30).Select(_ => new nint[] { random.Next(1, 9), random.Next(1, 9) }).ToArray();
        var lists = Enumerable.Range(0, Equation.Parse(equation).Inputs.Length).Select(_ => (IReadOnlyList<Operand<double>>)[.. sizes.Select(size => Members.Matrix(random, size))]).ToArray();
        var results = s_engine.EvalMany(equation, lists);
        Members.AssertEqual(results, member => Einsum.Eval<double>(equation, [.. lists.Select(list => list[member])]));
    }

    [Test]
    public void A_list_of_one_member_is_shared()
    {
        var random = new Random(4);
        Operand<double>[] left = [.. Enumerable.Range(1, 20).Select(rows => Members.Matrix(random, rows, 7))];
        Operand<double>[] shared = [Members.Matrix(random, 7, 5)];
        Members.AssertEqual(s_engine.EvalMany("ij,jk->ik", left, shared), member => Einsum.Eval<double>("ij,jk->ik", left[member], shared[0]));
    }

    [Test]
    public void A_row_of_a_ragged_tensor_is_an_operand_over_the_same_memory()
    {
        var ragged = RaggedTensor<float>.FromRows([[1, 2], [3, 4, 5]]);
        ragged.Row(1)[0] = 30;
        Assert.That(s_engine.Eval<float>("i->", ragged[1])[0], Is.EqualTo(39));
        Assert.That(s_engine.EvalMany("i->", ragged).Select(sum => sum[0]), Is.EqualTo(new float[] { 3, 39 }));
    }

    [Test]
    public void No_member_at_all()
    {
        Assert.That(s_engine.EvalMany<double>("ij,jk->ik", Array.Empty<Operand<double>>(), Array.Empty<Operand<double>>()), Is.Empty);
        Assert.That(s_engine.EvalMany<double>("ij,jk->ik", Array.Empty<Operand<double>>(), new Operand<double>[] { new double[2, 2] }), Is.Empty);
    }

    [Test]
    public void One_member_that_is_most_of_the_work()
    {
        var random = new Random(5);
        Operand<double>[] left = [Members.Matrix(random, 3, 4), Members.Matrix(random, 300, 200), Members.Matrix(random, 2, 9)];
        Operand<double>[] right = [Members.Matrix(random, 4, 3), Members.Matrix(random, 200, 250), Members.Matrix(random, 9, 1)];
        Members.AssertEqual(s_engine.EvalMany("ij,jk->ik", left, right), member => Einsum.Eval<double>("ij,jk->ik", left[member], right[member]));
    }

    [Test]
    public void A_destination_may_have_strides_and_overlap_its_own_operand()
    {
        var random = new Random(9);
        var square = Members.Tensor(random, 5, 5);
        var column = Tensor.Create(new double[20], 1, [4, 2], [5, 1]);
        var expectedSquare = Einsum.Eval<double>("ij->ji", square);
        var matrix = Members.Tensor(random, 2, 4);
        var batch = s_engine.CompileMany<double>("ij->ji", new Shape[] { [5, 5], [2, 4] });
        batch.InvokeInto([square, column], new Operand<double>[] { square, matrix });
        Assert.That(square.Elements(), Is.EqualTo(expectedSquare.Elements()));
        Assert.That(column.Elements(), Is.EqualTo(Einsum.Eval<double>("ij->ji", matrix).Elements()));
    }
}

/// <summary>On the backend that engines have by themselves.</summary>
sealed class CpuManyConformance : ManyConformance<CpuConformance.Target>;
