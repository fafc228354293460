using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Long sums cut into stretches.</summary>
[Parallelizable(ParallelScope.All)]
sealed class SplitSumTests
{
    [TestCase("i->")]
    [TestCase("i,i->")]
    [TestCase("i,i,i->")]
    [TestCase("ij->j")]
    [TestCase("ij->i")]
    [TestCase("ij,i->j")]
    [TestCase("ij,j->i")]
    [TestCase("ijk->j")]
    [TestCase("i,ij,j->")]
    [TestCase("jk,ij->ik")]
    public void Sums(string equation)
    {
        foreach (var element in new[] { ElementType.Float, ElementType.Double, ElementType.Int, ElementType.Byte, ElementType.Complex })
            foreach (var (i, j) in new[] { (70_000, 3), (65_537, 2), (1030, 70), (257, 300), (300, 257) })
            {
                var plan = EquationPlan.Make(equation, element, label => label is 'i' ? i : j == 3 && equation.Contains('k') ? 2 : label is 'j' ? j : 2);
                var family = new SplitSumFamily(0, 0);
                if (family.CanRun(plan)) PlanData.Check(plan, family.Create(plan, SimdWidth.Bits), new Random(10));
            }
    }

    /// <summary>Products that would leave tiles empty: every stretch is a product of its own, whose operands are copied along the sum where they lie across it.</summary>
    [Test]
    public void Products_of_few_rows_and_columns(
        [Values("ij,jk->ik", "ji,jk->ki", "ij,kj->ik", "ji,kj->ik")] string equation, [Values(ElementType.Float, ElementType.Double)] ElementType element, [Values(128, 256, 512)] int simdBits)
    {
        foreach (var (i, j, k) in new[] { (3, 67_317, 4), (2, 100_000, 2), (16, 20_001, 15), (7, 9000, 40), (33, 8193, 5) })
        {
            var plan = EquationPlan.Make(equation, element, label => label is 'i' ? i : label is 'j' ? j : k);
            var family = new SplitSumFamily(0, 0);
            Assert.That(family.CanRun(plan), plan.ToString());
            PlanData.Check(plan, family.Create(plan, simdBits), new Random(12));
        }
    }

    /// <summary>The stretches' results have their neighbours along the longer loop, whichever way the result lies.</summary>
    [Test]
    public void Vectors_of_products_run_along_the_longest_loop([Values("ji,jk->ik", "ji,jk->ki")] string equation, [Values(3, 43)] int i)
    {
        var sum = SplitSum.Of(EquationPlan.Make(equation, ElementType.Float, label => label is 'i' ? i : label is 'j' ? 9066 : 46 - i), 0)!;
        Assert.That(sum.Parts.Loops.Single(loop => loop.ResultStride == 1).Extent, Is.EqualTo(43));
        // Not along rows that are no neighbours.
        sum = SplitSum.Of(EquationPlan.Make("ij,jk->ik", ElementType.Float, label => label is 'i' ? 17 : label is 'j' ? 20_000 : 8), 0)!;
        Assert.That(sum.Parts.Loops.Single(loop => loop.ResultStride == 1).Extent, Is.EqualTo(8));
    }

    /// <summary>The parts of a sum along the operand's outermost loop have their neighbours where the operands have theirs, and stretches short enough to be near until the other loops have gone on.</summary>
    [Test]
    public void Sums_across_the_operand([Values("abd,ad->bd", "abd,abd->bd", "abd,ab->bd", "abd,ad,a->bd", "abd,ad->db")] string equation,
        [Values(ElementType.Float, ElementType.Double, ElementType.Int)] ElementType element, [Values(128, 512)] int simdBits)
    {
        var plan = EquationPlan.Make(equation, element, label => label is 'a' ? 3001 : label is 'b' ? 15 : 14);
        var sum = SplitSum.Of(plan, 1 << 19, inOrder: false)!;
        var cut = sum.Parts.Loops.Single(loop => loop.Role == LoopRole.Contracted);
        Assert.That(sum.Parts.Loops.Single(loop => loop.Strides[0] == 1).ResultStride, Is.EqualTo(1));
        Assert.That(cut.Extent, Is.InRange(32, 40));
        Assert.That(SplitSum.Of(plan, 1 << 19)!.Partials, Is.LessThan(sum.Partials));
        PlanData.Check(plan, new SplitSumFamily().Create(plan, simdBits), new Random(33));
    }

    /// <summary>Sums along neighbours, of results that registers hold, or that are more than the operands, have long stretches however their kernel walks.</summary>
    [TestCase("a->", 6_000_000, 1, 1)]
    [TestCase("abd->b", 3000, 20, 50)]
    [TestCase("ab,ad,ac->bdc", 20_000, 20, 20)]
    [TestCase("ad,ad->d", 50_000, 1, 80)]
    public void Long_stretches(string equation, int a, int b, int d)
    {
        var plan = EquationPlan.Make(equation, ElementType.Float, label => label is 'a' ? a : label is 'b' ? b : label is 'd' ? d : 20);
        Assert.That(SplitSum.Of(plan, 1 << 19, inOrder: false)?.Partials, Is.EqualTo(SplitSum.Of(plan, 1 << 19)?.Partials));
    }

    [TestCase(17, 9000, 17)]
    [TestCase(9, 9000, 17)]
    [TestCase(8, 8000, 8)]
    public void Products_that_tiles_are_full_of(int i, int j, int k) =>
        Assert.That(new SplitSumFamily(0, 0).CanRun(EquationPlan.Make("ij,jk->ik", ElementType.Float, label => label is 'i' ? i : label is 'j' ? j : k)), Is.False);

    [Test]
    public void Short_rows([Values("abc->b", "abcd->c", "abcd->ac", "abcd->bc", "bacd->bc")] string equation,
        [Values(ElementType.Float, ElementType.Double, ElementType.Int, ElementType.Byte, ElementType.Long)] ElementType element, [Values(128, 256, 512)] int simdBits)
    {
        foreach (var (few, many) in new[] { (3, 700), (5, 171), (7, 150), (16, 65) })
        {
            var labels = equation.Split("->")[0];
            var plan = EquationPlan.Make(equation, element, label => label == labels[^1] ? few : label == labels[^2] ? many : label == 'b' && labels.Length == 4 ? 18 : 19);
            var merged = plan with { Loops = MergeLoops.Run([.. plan.Loops]) };
            Assert.That(SplitSum.OfShortRows(merged), Is.Not.Null, merged.ToString());
            PlanData.Check(merged, new SplitSumFamily().Create(merged, simdBits), new Random(13));
        }
    }

    [TestCase("abc->ab", 40, 40, 3)]
    [TestCase("abc->b", 40, 40, 70)]
    [TestCase("abc->b", 10, 400, 3)]
    [TestCase("abc->b", 40, 10, 3)]
    public void Rows_that_are_summed_at_once(string equation, int a, int b, int c)
    {
        var plan = EquationPlan.Make(equation, ElementType.Float, label => label is 'a' ? a : label is 'b' ? b : c);
        Assert.That(SplitSum.OfShortRows(plan), Is.Null);
    }

    /// <summary>Long sums over what lies around rows are cut, too: threads share them, and their roundings do not add up.</summary>
    [Test]
    public void Long_sums_over_short_rows()
    {
        var plan = EquationPlan.Make("abc->b", ElementType.Float, label => label is 'a' ? 300_000 : label is 'b' ? 50 : 3);
        var sum = SplitSum.OfShortRows(plan)!;
        Assert.That(sum.KeepsRows);
        Assert.That(SplitSum.Of(sum.Parts, 1 << 19), Is.Not.Null.And.Property(nameof(SplitSum.KeepsRows)).False);
        var run = new PlanRun<float, float>(plan, () => 0.1f);
        run.Run(new SplitSumFamily().Create(plan, SimdWidth.Bits), new(2, CancellationToken.None));
        Assert.That(run.Result[run.First..(run.First + 50)], Is.All.EqualTo(90_000f).Within(0.01).Percent);
    }

    /// <summary>Cut products, and sums that keep rows, have kernels for their sizes alone.</summary>
    [TestCase("ij,jk->ik", 4, 100_000, 4)]
    [TestCase("ikj->k", 1000, 3, 60)]
    public void Lists_do_not_cut(string equation, int i, int j, int k)
    {
        var (plan, isGeneral) = (EquationPlan.Make(equation, ElementType.Float, label => label is 'i' ? i : label is 'j' ? j : k), false);
        Assert.That(new SplitSumFamily().CanRun(plan));
        Assert.That(KernelFamilies.CreateForAnySizes(plan, SimdWidth.Bits, ref isGeneral), Is.Not.InstanceOf<SplitSumKernel>());
        Assert.That(isGeneral, Is.EqualTo(plan.Kind == KernelKind.Reduction));
    }

    /// <summary>Parts of a conjugated sum would be conjugated twice.</summary>
    [Test]
    public void A_conjugated_sum_is_not_split([Values] bool isConjugated)
    {
        var plan = EquationPlan.Make("i,i->", ElementType.Complex, _ => 600_000);
        if (isConjugated) plan = plan with { Result = plan.Result with { Map = Elementwise.Conjugate } };
        Assert.That(new SplitSumFamily().CanRun(plan), Is.EqualTo(!isConjugated));
    }

    [Test]
    public void Random_plans([Values(ElementType.Float, ElementType.Long, ElementType.Complex)] ElementType element)
    {
        var (generator, family, random) = (new PlanGenerator(4000), new SplitSumFamily(0, 0), new Random(11));
        for (var i = 0; i < 2000; i++)
        {
            var plan = generator.Next(element);
            if (family.CanRun(plan)) PlanData.Check(plan, family.Create(plan, 256), random);
        }
    }

    [TestCase("i,i->", 1_000_003, 1)]
    [TestCase("i,i,i->", 1_000_003, 1)]
    [TestCase("ji,ik->jk", 50_000, 3)]
    [TestCase("ij->j", 3001, 500)]
    [TestCase("ikj,ij->kj", 3001, 40)]
    [TestCase("ijk->j", 300, 60)]
    [TestCase("ikj->k", 3000, 16)]
    public void The_number_of_threads_does_not_change_a_bit(string equation, int i, int j)
    {
        var plan = EquationPlan.Make(equation, ElementType.Float, label => label is 'i' ? i : j);
        var family = KernelFamilies.For(plan);
        Assert.That(family.Name, Is.EqualTo("split"));
        var (kernel, run) = (family.Create(plan, SimdWidth.Bits), new PlanRun<float, float>(plan, new Random(7).NextSingle));
        run.Run(kernel, new(1, CancellationToken.None));
        var alone = run.Result.ToArray();
        foreach (var threads in new[] { 1, 2, 5 })
        {
            run.Run(kernel, new(threads, CancellationToken.None));
            Assert.That(run.Result.AsSpan().SequenceEqual(alone));
        }
    }
}
