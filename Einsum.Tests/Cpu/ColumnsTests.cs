using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Rows that are added up, four at a time and, from memory, eight, at sizes around those of groups, vectors and blocks.</summary>
[Parallelizable(ParallelScope.All)]
sealed class ColumnsTests
{
    [Test]
    public void Every_way_at_every_size(
        [Values("ij->j", "ij,i->j", "i,ij->j", "bij->bj", "bij,bi->bj", "ibj->bj")] string equation,
        [Values(ElementType.Float, ElementType.Double, ElementType.Byte)] ElementType element,
        [Values(128, 256, 512)] int simdBits, [Values(0, long.MaxValue)] long cacheBytes)
    {
        var random = new Random(10);
        var family = new ColumnsFamily(new LastCache(cacheBytes), leastVectors: 1);
        foreach (var j in new[] { 16, 31, 64, 67, 97, 2049 })
            foreach (var i in new[] { 2, 3, 4, 7, 8, 12, 21 })
            {
                var plan = EquationPlan.Make(equation, element, label => label is 'i' ? i : label is 'j' ? j : 3);
                if (family.CanRun(plan)) PlanData.Check(plan, family.Create(plan, simdBits), random);
            }
    }
}
