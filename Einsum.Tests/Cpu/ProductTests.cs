using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Products without sums, through the caches and past them, at sizes around those of vectors, lines and blocks.</summary>
[Parallelizable(ParallelScope.All)]
sealed class ProductTests
{
    [Test]
    public void Every_way_at_every_size(
        [Values("i,i->i", "ij,j->ij", "ij,i->ij", "k,i,j->kij", "ij,ji->ij", "ji,ij->ij", "ji,ji->ij", "k,ji,ij->kij", "kij,jik->kij")] string equation,
        [Values(ElementType.Float, ElementType.Double, ElementType.Byte)] ElementType element,
        [Values(128, 256, 512)] int simdBits, [Values(0, 40_000, long.MaxValue)] long cacheBytes)
    {
        var random = new Random(9);
        var family = new ProductFamily(new LastCache(cacheBytes));
        foreach (var j in new[] { 31, 64, 79, 130, 259, 1100 })
            foreach (var i in new[] { 2, 17, 66 })
            {
                var plan = EquationPlan.Make(equation, element, label => label is 'i' ? i : label is 'j' ? j : 2);
                if (family.CanRun(plan)) PlanData.Check(plan, family.Create(plan, simdBits), random);
            }
    }

    /// <summary>Blocks of a result of which one share stays in the caches and the rest does not.</summary>
    [Test]
    public void Part_of_the_result_past_the_caches([Values("i,i->i", "ij,j->ij", "i,j,k->ijk")] string equation, [Values(0.1, 0.5, 0.9)] double share)
    {
        var plan = EquationPlan.Make(equation, ElementType.Float, label => equation.Length < 8 ? 70_001 : 101);
        var bytes = plan.Footprint() * share;
        PlanData.Check(plan, new ProductFamily(new LastCache((long)bytes)).Create(plan, 512), new Random(15));
    }

    [TestCase("ij,ji->ij")]
    [TestCase("ij,ji,i->ij")]
    [TestCase("i,j,k->ijk")]
    [TestCase("ij,kl->ikjl")]
    public void Takes(string equation) =>
        Assert.That(KernelFamilies.For(EquationPlan.Make(equation, ElementType.Float, _ => 100)).Name, Is.EqualTo("product"));
}
