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

    /// <summary>Lists have kernels whose code is not for their sizes alone, of products of complex numbers, too.</summary>
    [TestCase("ij,jk->ik", 20, 30, 40)]
    [TestCase("ji,kj->ik", 33, 70, 9)]
    [TestCase("ij,jk->ik", 2, 3, 2)]
    [TestCase("ij,ij->ij", 40, 50, 1)]
    public void Kernels_for_any_sizes(string equation, int i, int j, int k)
    {
        var (plan, isGeneral) = (EquationPlan.Make(equation, ElementType.Complex, label => label is 'i' ? i : label is 'j' ? j : k), false);
        PlanData.Check(plan, KernelFamilies.CreateForAnySizes(plan, SimdWidth.Bits, ref isGeneral), new Random(7));
        Assert.That(isGeneral, Is.False);
    }
}
