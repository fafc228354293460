using System.Numerics.Tensors;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Many;

/// <summary>What planning a list compiles, keeps and finds again.</summary>
[NonParallelizable]
sealed class ManyPlanningTests
{
    [TestCase("ij,jk->ik")]
    [TestCase("ij,ij,ij->i")]
    [TestCase("ij,ij->ji")]
    public void Kernels_do_not_grow_with_the_number_of_shapes(string equation) =>
        Assert.That(KernelsFor(equation, 10000), Is.LessThanOrEqualTo(KernelsFor(equation, 100)));

    [TestCase(1)]
    [TestCase(20)]
    public void Classes_with_work_enough_get_kernels_of_their_own(int classes)
    {
        var engine = Engine();
        var random = new Random(1);
        // The members of a class have a million iterations together, those of the first sizes far less.
        var matrices = Enumerable.Range(0, classes).Select(number => Members.Matrix(random, 100, 100 + number)).ToArray();
        Operand<double>[] list = [.. Enumerable.Range(1, 40).Select(rows => Members.Matrix(random, rows, 9)), .. matrices.SelectMany(matrix => Enumerable.Repeat(matrix, 110))];
        var results = engine.EvalMany("ij,ij,ij->i", list, list, list);
        Assert.That(engine.Statistics.Kernels.Misses, Is.EqualTo(Math.Min(classes, 16)));
        Members.AssertEqual(results, member => Einsum.Eval<double>("ij,ij,ij->i", list[member], list[member], list[member]));
    }

    /// <summary>The order of an intermediate's axes, and so of its sums, depends on a member's sizes and not on whose plan was made first.</summary>
    [TestCase("pi,qj,ijkl->pqlk")]
    [TestCase("ijk,kl,mlj->im")]
    public void Axes_are_ordered_for_a_members_own_sizes(string equation)
    {
        var random = new Random(5);
        Operand<double>[][] lists = [.. equation.Split("->")[0].Split(',').Select(term => Enumerable.Range(3, 10).Select(size => Thirds(Enumerable.Repeat((nint)size, term.Length))).ToArray())];
        Operand<double>[][] reversed = [.. lists.Select(list => list.Reverse().ToArray())];
        var (forth, back) = (Engine().EvalMany(equation, lists[0], lists[1], lists[2]), Engine().EvalMany(equation, reversed[0], reversed[1], reversed[2]));
        Members.AssertEqual(forth, member => back[^(member + 1)]);
        Members.AssertEqual(forth, member => Engine().Eval<double>(equation, lists[0][member], lists[1][member], lists[2][member]));

        Operand<double> Thirds(IEnumerable<nint> sizes)
        {
            nint[] lengths = [.. sizes];
            return Tensor.Create(Array.ConvertAll(Members.Tensor(random, lengths).Elements(), element => element / 3), lengths);
        }
    }

    [Test]
    public void The_same_shapes_again_plan_nothing()
    {
        var engine = Engine();
        var (left, right) = Members.Products(seed: 2, 700, most: 9);
        var first = engine.EvalMany("ij,jk->ik", left, right);
        var before = engine.Statistics;
        var again = engine.EvalMany("ij,jk->ik", left, right);
        Assert.That(engine.Statistics, Is.EqualTo(before));
        Members.AssertEqual(again, member => first[member]);

        // One other stride among all, and nothing of the old plan is taken for it.
        right[650] = Members.Tensor(new Random(3), (nint)right[650].Shape[1], (nint)right[650].Shape[0]).PermuteDimensions([1, 0]);
        Members.AssertEqual(engine.EvalMany("ij,jk->ik", left, right), member => Einsum.Eval<double>("ij,jk->ik", left[member], right[member]));
    }

    [Test]
    public void Lists_that_take_turns_allocate_nothing()
    {
        var random = new Random(4);
        Operand<double>[] dense = [.. Enumerable.Range(1, 40).Select(size => Members.Matrix(random, size, 3))];
        Operand<double>[] turned = [.. Enumerable.Range(1, 40).Select(size => (Operand<double>)Members.Tensor(random, 3, size).PermuteDimensions([1, 0]))];
        var batch = Einsum.CompileMany<double>("ij->i", Array.ConvertAll(dense, operand => operand.Shape));
        var results = batch.Invoke(dense);
        for (var turn = 0; turn < 4; turn++)
        {
            var list = turn % 2 == 0 ? turned : dense;
            var before = GC.GetAllocatedBytesForCurrentThread();
            batch.InvokeInto(results, list);
            if (turn >= 2) Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
            Members.AssertEqual(results, member => Einsum.Eval<double>("ij->i", list[member]));
        }
    }

    [Test]
    public void The_first_bad_member_is_named([Values(3, 500)] int bad)
    {
        var random = new Random(5);
        Operand<double>[] left = [.. Enumerable.Range(0, 600).Select(_ => Members.Matrix(random, 2, 3))];
        Operand<double>[] right = [.. Enumerable.Range(0, 600).Select(member => Members.Matrix(random, member >= bad && member % 7 == bad % 7 ? 4 : 3, 2))];
        Assert.That(Assert.Throws<EinsumException>(() => Einsum.EvalMany("ij,jk->ik", left, right))!.Member, Is.EqualTo(bad));
    }

    [Test]
    public void A_destination_that_is_null_is_said_before_anything_is_written()
    {
        Operand<double>[] operands = [new double[] { 1, 2 }, new double[] { 3 }];
        var batch = Einsum.CompileMany<double>("i->i", new Shape[] { [2], [1] });
        var first = Tensor.CreateFromShape<double>([2]);
        Assert.That(() => batch.InvokeInto([first, null!], operands), Throws.ArgumentNullException);
        Assert.That(first[0], Is.Zero);
    }

    /// <summary>One member is a thousand times the others: beyond the results there are packing buffers, whose size depends on the threads alone.</summary>
    [Test]
    public void Memory_beyond_the_results_does_not_grow_with_the_largest_member()
    {
        var engine = Engine();
        float[] small = new float[32 * 32], large = new float[1024 * 1024];
        Operand<float>[] operands = [.. Enumerable.Repeat(new Operand<float>(small, [32, 32]), 999), new Operand<float>(large, [1024, 1024])];
        var (pool, heap) = (NativePool.HeldBytes, GC.GetTotalAllocatedBytes(precise: true));
        var results = engine.EvalMany("ij,jk->ik", operands, operands);
        var outputs = results.Sum(result => result.FlattenedLength * sizeof(float));
        Assert.That(NativePool.HeldBytes - pool + GC.GetTotalAllocatedBytes(precise: true) - heap, Is.LessThanOrEqualTo(outputs + (64 << 20)));
    }

    /// <summary>Expanded to [g, m, k], the left operand would take 128 MiB.</summary>
    [Test]
    public void Groups_expand_nothing()
    {
        var engine = Engine();
        Operand<float> lhs = new(new float[8192 * 64], [8192, 64]), rhs = new(new float[64 * 64 * 8], [64, 64, 8]);
        var groups = Enumerable.Repeat(128L, 64).ToArray();
        var (pool, heap) = (NativePool.HeldBytes, GC.GetTotalAllocatedBytes(precise: true));
        var result = engine.RaggedDot(lhs, rhs, groups);
        Assert.That(NativePool.HeldBytes - pool + GC.GetTotalAllocatedBytes(precise: true) - heap, Is.LessThanOrEqualTo((long)result.FlattenedLength * sizeof(float) + (32 << 20)));
    }

    static long KernelsFor(string equation, int count)
    {
        var engine = Engine();
        var random = new Random(count);
        var sizes = Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, 3).Select(_ => (nint)random.Next(1, 30)).ToArray()).ToArray();
        var lists = equation.Split("->")[0].Split(',')
            .Select(term => (IReadOnlyList<Operand<double>>)[.. sizes.Select(size => Members.Matrix(random, [.. term.Select(label => size[label - 'i'])]))]).ToArray();
        engine.EvalMany(equation, lists);
        return engine.Statistics.Kernels.Misses;
    }

    static EinsumEngine Engine() => new(new EinsumOptions { Backend = new CpuBackend(), MaxThreads = 4 });
}
