using System.Numerics;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Nests of complex numbers in vectors of pairs.</summary>
[Parallelizable(ParallelScope.All)]
sealed class ComplexTests
{
    static readonly int[] s_widths = [128, 256, 512];

    [Test]
    public void Random_plans([Range(0, 3)] int seed)
    {
        var (generator, family, random, found) = (new PlanGenerator(5000 + seed), new ComplexFamily(), new Random(seed), 0);
        for (var i = 0; i < 1000; i++)
        {
            var plan = generator.Next(ElementType.Complex);
            if (!family.CanRun(plan)) continue;
            found++;
            PlanData.Check(plan, family.Create(plan, s_widths[i % s_widths.Length]), random);
        }
        Assert.That(found, Is.GreaterThan(800));
    }

    /// <summary>Rows of one vector and less, of whole blocks and beyond, along free and contracted loops, of any number of operands, one of which may be one number or lie across them.</summary>
    [Test]
    public void Rows_around_vectors_and_blocks(
        [Values("ij->ij", "ij->j", "ji->j", "ij,j->ij", "i,j->ij", "i,ij->j", "ij,ij->i", "ij,ij->j", "ji,ij->ij", "ij,j,ij->ij", "i,ij,ij,i->j", "i,j,ji->", "i,i,j->ij", "i,i,i,i->i")] string equation,
        [Values(1, 2, 3, 4, 5, 7, 8, 9, 17, 255, 256, 257, 515)] int j, [Values] bool conjugates)
    {
        var random = new Random(j);
        foreach (var bits in s_widths)
        {
            var plan = EquationPlan.Make(equation, ElementType.Complex, label => label == 'i' ? 3 : j);
            plan = plan with { Loops = [.. plan.Loops.Where(loop => loop.Extent > 1)] };
            plan = plan with { Kind = KernelKinds.Classify(plan.Operands.Length, plan.Loops) };
            if (conjugates) plan = plan with { Operands = [.. plan.Operands.Select(operand => operand with { Map = (Elementwise)random.Next(2) })], Result = plan.Result with { Map = (Elementwise)random.Next(2) } };
            PlanData.Check(plan, new ComplexFamily().Create(plan, bits), random);
        }
    }

    [TestCase("ij,jk->ik", 2, 2, 1000, "right 1000 (0 1 1)", "contracted 2 (1 1000 0)")]
    [TestCase("ij,kj->ik", 9, 700, 9, "contracted 700 (1 1 0)", null)]
    [TestCase("ij->j", 500, 300, 1, "free 300 (1 1)", "contracted 500 (300 0)")]
    [TestCase("ij->i", 500, 300, 1, "contracted 300 (1 0)", null)]
    public void The_loop_that_rows_lie_along(string equation, int i, int j, int k, string row, string? steps)
    {
        var shape = ComplexShape.Of(EquationPlan.Make(equation, ElementType.Complex, label => label is 'i' ? i : label is 'j' ? j : k));
        Assert.That((shape.Row?.ToString(), shape.Steps?.ToString()), Is.EqualTo((row, steps)));
    }

    [Test]
    public void No_plan_is_interpreted_but_fills()
    {
        var generator = new PlanGenerator(6000);
        for (var i = 0; i < 500; i++)
        {
            var plan = generator.Next(ElementType.Complex);
            if (!plan.HasEmptyLoop) Assert.That(KernelFamilies.For(plan).Name == "nest", Is.EqualTo(plan.Operands.IsEmpty), plan.ToString());
        }
    }

    /// <summary>More than one stretch of work: the same bits on any number of threads, and nothing once cancelled.</summary>
    [TestCase("complex", "bij->bj", 20, 30, 1100)]
    [TestCase("complex", "bj,ji->bi", 9, 1100, 40)]
    [TestCase("complex", "bj,ij->bi", 90, 70, 100)]
    [TestCase("complex", "bj,j->bj", 1000, 2, 515)]
    [TestCase("parts", "bij,bjk->bik", 400, 12, 12)]
    [TestCase("parts", "ij,jk->ik", 1, 3, 450)]
    [TestCase("parts", "ji,jk->ik", 1, 100, 90)]
    [TestCase("parts", "ij,j->i", 1, 40, 15_000)]
    public void Large_plans(string name, string equation, int b, int i, int j)
    {
        var family = KernelFamilies.All.Single(family => family.Name == name);
        var plan = EquationPlan.Make(equation, ElementType.Complex, label => label is 'b' ? b : label is 'i' ? i : j);
        var kernel = family.Create(plan, SimdWidth.Bits);
        PlanData.Check(plan, kernel, new Random(3));
        var random = new Random(4);
        var run = new PlanRun<Complex, Complex>(plan, () => new Complex(random.NextDouble(), random.NextDouble()));
        run.Run(kernel, new(1, CancellationToken.None));
        var alone = run.Result.ToArray();
        foreach (var threads in new[] { 1, 2, 5 })
        {
            run.Run(kernel, new(threads, CancellationToken.None));
            Assert.That(run.Result.AsSpan().SequenceEqual(alone));
        }
        Assert.Throws<OperationCanceledException>(() => run.Run(kernel, new(2, new CancellationToken(canceled: true))));
        Assert.That(Enumerable.Range(0, run.Result.Length).All(run.IsUntouched));
    }

    /// <summary>Products of two, each part of a number for itself; of more the order of multiplication decides, and where a loop moves one operand alone that is summed up first.</summary>
    [Test]
    public void Nan_and_infinity_are_where_the_naive_loop_has_them([Values("parts", "complex")] string name)
    {
        var (family, generator, random, found) = (KernelFamilies.All.Single(family => family.Name == name), new PlanGenerator(7000), new Random(5), 0);
        for (var i = 0; i < 2000; i++)
        {
            var plan = generator.Next(ElementType.Complex);
            if (plan.Operands.Length > 2 || KernelPlanVerifier.WhyInvalid(plan) is not null || !family.CanRun(plan)) continue;
            if (plan.Operands.Length == 2 && plan.LoopsOf(LoopRole.Contracted).Any(loop => loop.Strides[..^1].Contains(0))) continue;
            found++;
            PlanData.Check(plan, family.Create(plan, s_widths[i % s_widths.Length]), random, special: true);
        }
        Assert.That(found, Is.GreaterThan(20));
    }

    /// <summary>Lists have kernels whose code is not for their sizes alone, of products of complex numbers, too.</summary>
    [TestCase("ij,jk->ik", 20, 30, 40, typeof(PartsKernel))]
    [TestCase("ji,kj->ik", 33, 70, 9, typeof(PartsKernel))]
    [TestCase("ij,jk->ik", 2, 3, 2, typeof(ComplexKernel<,>))]
    [TestCase("ij,ij->ij", 40, 50, 1, typeof(ComplexKernel<,>))]
    public void Kernels_for_any_sizes(string equation, int i, int j, int k, Type kernelType)
    {
        var (plan, isGeneral) = (EquationPlan.Make(equation, ElementType.Complex, label => label is 'i' ? i : label is 'j' ? j : k), false);
        var kernel = KernelFamilies.CreateForAnySizes(plan, SimdWidth.Bits, ref isGeneral);
        Assert.That(kernel.GetType().IsGenericType ? kernel.GetType().GetGenericTypeDefinition() : kernel.GetType(), Is.EqualTo(kernelType));
        PlanData.Check(plan, kernel, new Random(7));
        Assert.That(isGeneral, Is.False);
    }
}
