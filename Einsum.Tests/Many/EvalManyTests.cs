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

    static Shape[] Shapes(Operand<double>[] operands) => [.. operands.Select(operand => operand.Shape)];
}
