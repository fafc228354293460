using System.Globalization;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Products of complex numbers by kernels for doubles, whichever tensor is copied, whole and in blocks.</summary>
[Parallelizable(ParallelScope.All)]
sealed class PartsTests
{
    static readonly int[] s_widths = [128, 256, 512];

    [Test]
    public void Whichever_tensor_is_copied([Range(0, 2)] int copied, [Values] bool inBlocks)
    {
        var (random, generator, family, found, blocks, shared) = (new Random(3), new PlanGenerator(40 + copied), new PartsFamily(), 0, 0, 0);
        for (var i = 0; i < 6000; i++)
        {
            var plan = generator.Next(ElementType.Complex);
            if (plan.Kind is not (KernelKind.Contraction or KernelKind.MatrixVector) || KernelPlanVerifier.WhyInvalid(plan) is not null || plan.HasEmptyLoop) continue;
            if ((inBlocks ? PartsShape.Of(plan, copied, batchBytes: 1 << 10, mostBytes: 1 << 11) : PartsShape.Of(plan, copied)) is not { } shape) continue;
            found++;
            if (shape.Cut is not null) blocks++;
            if (shape.IsShared) shared++;
            PlanData.Check(plan, family.Create(shape, s_widths[i % s_widths.Length]), random);
        }
        Assert.That(found, Is.GreaterThan(150));
        Assert.That(blocks, inBlocks ? Is.GreaterThan(50) : Is.Zero);
        Assert.That(shared, inBlocks ? Is.GreaterThan(8) : Is.Zero);
    }

    [TestCase("ij,jk->ik", "i=20 j=30 k=40", 1)]
    [TestCase("ij,kj->ik", "i=40 j=30 k=20", 1)]
    [TestCase("ji,jk->ik", "i=20 j=30 k=40", 2)]
    [TestCase("ij,jk->ki", "i=20 j=30 k=40", 0)]
    [TestCase("ij,j->i", "i=50 j=60", 1)]
    [TestCase("ij,i->j", "i=50 j=60", 2)]
    [TestCase("ij,jk->ik", "i=4 j=300 k=400", 2)]
    public void The_tensor_that_is_least_trouble_is_copied(string equation, string sizes, int copied) =>
        Assert.That(PartsShape.Of(Plan(equation, sizes))?.Copied, Is.EqualTo(copied));

    [TestCase("ij,jk->ik", "i=2 j=2 k=100000")]
    [TestCase("ij,jk->ik", "i=4 j=4 k=4")]
    [TestCase("i,i->", "i=1000")]
    [TestCase("ij,ij->ij", "i=100 j=100")]
    public void Products_that_are_computed_as_they_are(string equation, string sizes) =>
        Assert.That(PartsShape.Of(Plan(equation, sizes)), Is.Null);

    /// <summary>A copy that is read for each block would be read dozens of times where the sum is long; that of the result is not.</summary>
    [TestCase("it,jt->ij", "i=64 j=64 t=1000000", 2)]
    [TestCase("ij,jk->ik", "i=2048 j=2048 k=2048", 1)]
    public void Blocks_are_few(string equation, string sizes, int copied)
    {
        var shape = PartsShape.Of(Plan(equation, sizes))!;
        Assert.That((shape.Copied, shape.Cut?.Extent / shape.Block ?? 1), Is.EqualTo((copied, copied == 2 ? 1 : 2)));
    }

    [Test]
    public void Loops_of_neighbours_and_parts_are_one() =>
        Assert.That(PartsShape.Of(Plan("ij,jk->ik", "i=20 j=30 k=40"))!.Product(1).ToString(),
            Is.EqualTo("contraction double a b -> out, left 20 (60 0 80), right 80 (0 1 1), contracted 60 (1 80 0)"));

    static KernelPlan Plan(string equation, string sizes)
    {
        var extents = sizes.Split(' ').ToDictionary(size => size[0], size => long.Parse(size[2..], CultureInfo.InvariantCulture));
        return EquationPlan.Make(equation, ElementType.Complex, label => extents[label]);
    }
}
