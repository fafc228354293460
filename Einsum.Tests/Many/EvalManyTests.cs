using System.Buffers;
using System.Numerics.Tensors;
using EinsumNet.Tests.Conformance;

namespace EinsumNet.Tests.Many;

/// <summary>Lists of operands whose shapes differ from member to member, against single evaluations on one thread of the CPU; a subclass per backend.</summary>
[Parallelizable(ParallelScope.All)]
abstract class EvalManyTests<TTarget> where TTarget : IConformanceTarget
{
    protected static readonly EinsumEngine s_engine = new(TTarget.Options);

    /// <summary>A device has no threads of the host to share members among.</summary>
    static IEnumerable<int> Threads => s_engine.Options.Backend.HasBatches ? [1] : [1, 2, 5];

    static readonly EinsumEngine s_single = new(new EinsumOptions { MaxThreads = 1 });

    [Test]
    public void Products_equal_a_loop_of_single_products([ValueSource(nameof(Threads))] int threads, [Values(1, 7, 150)] int count, [Values(4, 40, 120)] int most)
    {
        var (left, right) = Members.Products(seed: count, count, most);
        var results = new EinsumEngine(TTarget.Options with { MaxThreads = threads }).EvalMany("ij,jk->ik", left, right);
        Assert.That(results, Has.Length.EqualTo(count));
        Members.AssertEqual(results, member => s_single.Eval<double>("ij,jk->ik", left[member], right[member]));
    }

    [Test]
    public void A_batch_writes_into_destinations()
    {
        var (left, right) = Members.Products(seed: 8, 50, most: 20);
        var batch = s_engine.CompileMany<double>("ij,jk->ik", Shapes(left), Shapes(right));
        var results = batch.Invoke(left, right);
        Members.AssertEqual(results, member => Einsum.Eval<double>("ij,jk->ik", left[member], right[member]));
        Assert.That(batch.ResultShapes.Select(shape => shape.Rank), Is.All.EqualTo(2));

        for (var turn = 0; turn < 2; turn++)
        {
            foreach (var result in results) result.Fill(double.NaN);
            batch.InvokeInto(results, left, right);
            Members.AssertEqual(results, member => Einsum.Eval<double>("ij,jk->ik", left[member], right[member]));
        }
    }

    /// <summary>What lies between the elements of a destination is someone else's.</summary>
    [Test]
    public void Destinations_may_be_parts_of_a_tensor()
    {
        var random = new Random(4);
        Operand<double>[] left = [.. Enumerable.Range(0, 3).Select(_ => Members.Matrix(random, 4, 3))], right = [.. Enumerable.Range(0, 3).Select(_ => Members.Matrix(random, 3, 5))];
        var whole = Tensor.Create(Enumerable.Repeat(1e9, 12 * 10).ToArray(), [12, 10]);
        Tensor<double>[] parts = [.. Enumerable.Range(0, 3).Select(member => whole.Slice(new NRange(4 * member, 4 * member + 4), new NRange(2, 7)))];
        s_engine.CompileMany<double>("ij,jk->ik", Shapes(left), Shapes(right)).InvokeInto(parts, left, right);
        Members.AssertEqual(parts, member => s_single.Eval<double>("ij,jk->ik", left[member], right[member]));
        Assert.That(whole.Elements().Count(element => element == 1e9), Is.EqualTo(12 * 5));
    }

    protected static Shape[] Shapes(Operand<double>[] operands) => [.. operands.Select(operand => operand.Shape)];
}

/// <summary>On the CPU, where a batch that has seen its strides allocates nothing.</summary>
sealed class CpuEvalManyTests : EvalManyTests<CpuConformance.Target>
{
    [Test]
    public void A_batch_into_destinations_allocates_nothing()
    {
        var (left, right) = Members.Products(seed: 8, 50, most: 20);
        var batch = s_engine.CompileMany<double>("ij,jk->ik", Shapes(left), Shapes(right));
        var results = batch.Invoke(left, right);
        batch.InvokeInto(results, left, right);
        var before = GC.GetAllocatedBytesForCurrentThread();
        batch.InvokeInto(results, left, right);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
