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
        foreach (var element in new[] { ElementType.Float, ElementType.Double, ElementType.Int, ElementType.Byte })
            foreach (var (i, j) in new[] { (70_000, 3), (65_537, 2), (1030, 70), (257, 300), (300, 257) })
            {
                var plan = EquationPlan.Make(equation, element, label => label is 'i' ? i : j == 3 && equation.Contains('k') ? 2 : label is 'j' ? j : 2);
                var family = new SplitSumFamily(0);
                if (family.CanRun(plan)) PlanData.Check(plan, family.Create(plan, SimdWidth.Bits), new Random(10));
            }
    }

    [Test]
    public void Random_plans([Values(ElementType.Float, ElementType.Long)] ElementType element)
    {
        var (generator, family, random) = (new PlanGenerator(4000), new SplitSumFamily(0), new Random(11));
        for (var i = 0; i < 2000; i++)
        {
            var plan = generator.Next(element);
            if (family.CanRun(plan)) PlanData.Check(plan, family.Create(plan, 256), random);
        }
    }

    [TestCase("i,i->", 1_000_003, 1)]
    [TestCase("i,i,i->", 1_000_003, 1)]
    [TestCase("ij->j", 3001, 500)]
    [TestCase("ijk->j", 300, 60)]
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
