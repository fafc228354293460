using System.Numerics.Tensors;

namespace EinsumNet.Tests.Many;

/// <summary>Lists of operands whose shapes differ from member to member.</summary>
sealed class EvalManyTests
{
    static readonly EinsumEngine s_single = new(new EinsumOptions { MaxThreads = 1 });

    [Test]
    public void Products_equal_a_loop_of_single_products([Values(1, 2, 5)] int threads, [Values(1, 7, 150)] int count, [Values(4, 40, 120)] int most)
    {
        var (left, right) = Members.Products(seed: count, count, most);
        var results = new EinsumEngine(new EinsumOptions { MaxThreads = threads }).EvalMany("ij,jk->ik", left, right);
        Assert.That(results, Has.Length.EqualTo(count));
        Members.AssertEqual(results, member => s_single.Eval<double>("ij,jk->ik", left[member], right[member]));
    }

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
        var results = Einsum.EvalMany(equation, lists);
        Members.AssertEqual(results, member => Einsum.Eval<double>(equation, [.. lists.Select(list => list[member])]));
    }

    [Test]
    public void A_list_of_one_member_is_shared()
    {
        var random = new Random(4);
        Operand<double>[] left = [.. Enumerable.Range(1, 20).Select(rows => Members.Matrix(random, rows, 7))];
        Operand<double>[] shared = [Members.Matrix(random, 7, 5)];
        Members.AssertEqual(Einsum.EvalMany("ij,jk->ik", left, shared), member => Einsum.Eval<double>("ij,jk->ik", left[member], shared[0]));
    }

    [Test]
    public void No_member_at_all()
    {
        Assert.That(Einsum.EvalMany<double>("ij,jk->ik", Array.Empty<Operand<double>>(), Array.Empty<Operand<double>>()), Is.Empty);
        Assert.That(Einsum.EvalMany<double>("ij,jk->ik", Array.Empty<Operand<double>>(), new Operand<double>[] { new double[2, 2] }), Is.Empty);
    }

    [Test]
    public void One_member_that_is_most_of_the_work()
    {
        var random = new Random(5);
        Operand<double>[] left = [Members.Matrix(random, 3, 4), Members.Matrix(random, 300, 200), Members.Matrix(random, 2, 9)];
        Operand<double>[] right = [Members.Matrix(random, 4, 3), Members.Matrix(random, 200, 250), Members.Matrix(random, 9, 1)];
        Members.AssertEqual(Einsum.EvalMany("ij,jk->ik", left, right), member => s_single.Eval<double>("ij,jk->ik", left[member], right[member]));
    }

    [Test]
    public void A_batch_writes_into_destinations_and_allocates_nothing()
    {
        var (left, right) = Members.Products(seed: 8, 50, most: 20);
        var batch = Einsum.CompileMany<double>("ij,jk->ik", Shapes(left), Shapes(right));
        var results = batch.Invoke(left, right);
        Members.AssertEqual(results, member => Einsum.Eval<double>("ij,jk->ik", left[member], right[member]));
        Assert.That(batch.ResultShapes.Select(shape => shape.Rank), Is.All.EqualTo(2));

        foreach (var result in results) result.Fill(double.NaN);
        batch.InvokeInto(results, left, right);
        var before = GC.GetAllocatedBytesForCurrentThread();
        batch.InvokeInto(results, left, right);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Members.AssertEqual(results, member => Einsum.Eval<double>("ij,jk->ik", left[member], right[member]));
    }

    [Test]
    public void A_destination_may_have_strides_and_overlap_its_own_operand()
    {
        var random = new Random(9);
        var square = Members.Tensor(random, 5, 5);
        var column = Tensor.Create(new double[20], 1, [4, 2], [5, 1]);
        var expectedSquare = Einsum.Eval<double>("ij->ji", square);
        var matrix = Members.Tensor(random, 2, 4);
        var batch = Einsum.CompileMany<double>("ij->ji", new Shape[] { [5, 5], [2, 4] });
        batch.InvokeInto([square, column], new Operand<double>[] { square, matrix });
        Assert.That(square.Elements(), Is.EqualTo(expectedSquare.Elements()));
        Assert.That(column.Elements(), Is.EqualTo(Einsum.Eval<double>("ij->ji", matrix).Elements()));
    }

    static Shape[] Shapes(Operand<double>[] operands) => [.. operands.Select(operand => operand.Shape)];
}
