using System.Numerics.Tensors;
using EinsumNet.Backends.Cpu;
using EinsumNet.Tests.Conformance;

namespace EinsumNet.Tests.Many;

/// <summary>An operand that all members share, which is copied once, to panels or to a device; a subclass per backend.</summary>
[Parallelizable(ParallelScope.All)]
abstract class SharedPanelsTests<TTarget> where TTarget : IConformanceTarget
{
    static readonly EinsumEngine s_engine = new(TTarget.Options);

    static readonly EinsumEngine s_single = new(new EinsumOptions { MaxThreads = 1 });

    [TestCase("ij,jk->ik")]
    [TestCase("ij,kj->ik")]
    [TestCase("ij,jk->ki")]
    [TestCase("jk,ij->ik")]
    [TestCase("kj,bij->bik")]
    [TestCase("ji,jkl->ikl")]
    public void Products_equal_single_ones(string equation)
    {
        var random = new Random(1);
        foreach (var (depth, columns) in new[] { (129, 64), (200, 640), (130, 96), (64, 64), (140, 33), (300, 1) })
        {
            var sizes = new Dictionary<char, nint> { ['j'] = depth, ['k'] = columns, ['l'] = 2, ['b'] = 3, ['i'] = 1 };
            var terms = equation.Split("->")[0].Split(',');
            var shared = terms[0].Contains('k') ? 0 : 1;
            Operand<double>[] one = [Members.Matrix(random, Shape(terms[shared]))];
            Operand<double>[] many = [.. Enumerable.Range(0, 40).Select(member =>
            {
                sizes['i'] = member * member % 61;
                return Members.Matrix(random, Shape(terms[1 - shared]));
            })];
            var results = shared == 0 ? s_engine.EvalMany(equation, one, many) : s_engine.EvalMany(equation, many, one);
            Members.AssertEqual(results, member => shared == 0 ? s_single.Eval<double>(equation, one[0], many[member]) : s_single.Eval<double>(equation, many[member], one[0]));

            nint[] Shape(string term) => [.. term.Select(label => sizes[label])];
        }
    }

    [Test]
    public void One_copy_serves_new_values_and_lists_that_are_not_shared_any_more()
    {
        var random = new Random(2);
        Operand<double>[] left = [.. Enumerable.Range(1, 20).Select(rows => Members.Matrix(random, rows, 150))];
        var weights = Members.Tensor(random, 320, 150);
        var batch = s_engine.CompileMany<double>("ij,kj->ik", Array.ConvertAll(left, operand => operand.Shape), new Shape[] { [320, 150] });
        Tensor<double>[] results = [.. batch.ResultShapes.Select((shape, i) => i % 2 == 0
            ? Tensor.CreateFromShape<double>([(nint)shape[0], 320])
            : Tensor.CreateFromShape<double>([320, (nint)shape[0]]).PermuteDimensions([1, 0]))];
        for (var turn = 0; turn < 3; turn++)
        {
            weights[turn, 0] += 5;
            batch.InvokeInto(results, left, new Operand<double>[] { weights });
            Members.AssertEqual(results, member => s_single.Eval<double>("ij,kj->ik", left[member], weights));
        }
        Operand<double>[] own = [.. left.Select(_ => Members.Matrix(random, 320, 150))];
        batch.InvokeInto(results, left, own);
        Members.AssertEqual(results, member => s_single.Eval<double>("ij,kj->ik", left[member], own[member]));
    }
}

/// <summary>On the CPU: panels.</summary>
sealed class CpuSharedPanelsTests : SharedPanelsTests<CpuConformance.Target>
{
    [Test]
    public void Copying_allocates_nothing_and_gives_its_memory_back()
    {
        Operand<float>[] left = [.. Enumerable.Range(1, 10).Select(rows => new Operand<float>(new float[rows * 150], [rows, 150]))];
        Operand<float>[] shared = [new Operand<float>(new float[320 * 150], [320, 150])];
        var batch = Einsum.CompileMany<float>("ij,kj->ik", Array.ConvertAll(left, operand => operand.Shape), new Shape[] { [320, 150] });
        var results = batch.Invoke(left, shared);
        batch.InvokeInto(results, left, shared);
        var (bytes, pool) = (GC.GetAllocatedBytesForCurrentThread(), NativePool.HeldBytes);
        for (var turn = 0; turn < 20; turn++) batch.InvokeInto(results, left, shared);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - bytes, Is.Zero);
        Assert.That(NativePool.HeldBytes - pool, Is.LessThan(64 << 20));
    }

    [Test]
    public void The_loops_of_a_product_on_panels()
    {
        var plan = Einsum.Plan<float>("ij,kj->ik", [10, 700], [64, 700]);
        var programs = SplitIntoPanels.Run(plan.Kernels, shared: 1, width: 32)!;
        Assert.That(programs.Copy.ToString(), Is.EqualTo("%out = transpose float a -> out, free 2 (22400 22400), free 700 (1 32), free 32 (700 1) (%0)"));
        Assert.That(programs.Product.ToString(), Is.EqualTo("%out = contraction float a b -> out, left 10 (700 0 64), right 2 (0 22400 32), right 32 (0 1 1), contracted 700 (1 32 0) (%0, %1)"));
        Assert.That(programs.Bytes, Is.EqualTo(64 * 700 * 4));
    }

    [TestCase("ij,jk->ik", 10, 700, 96, true)]
    [TestCase("ij,jk->ik", 10, 700, 640, false)]
    [TestCase("ij,jk->ik", 449, 700, 640, true)]
    [TestCase("ij,jk->ik", 10, 128, 640, true)]
    [TestCase("ij,jk->ik", 10, 700, 650, true)]
    public void What_would_not_pay_is_left_alone(string equation, int rows, int depth, int columns, bool isNull) =>
        Assert.That(SplitIntoPanels.Run(Einsum.Plan<float>(equation, [rows, depth], [depth, columns]).Kernels, shared: 1, width: 32), isNull ? Is.Null : Is.Not.Null);
}
