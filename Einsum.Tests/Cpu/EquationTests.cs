using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Common equations: which family gets them, and that every family that could get them is right at sizes around those of vectors and blocks.</summary>
[Parallelizable(ParallelScope.All)]
sealed class EquationTests
{
    [TestCase("i,i->", "dot")]
    [TestCase("bi,bi->b", "dot")]
    [TestCase("i->", "dot")]
    [TestCase("ij->i", "rows")]
    [TestCase("ij,j->i", "rows")]
    [TestCase("j,ij->i", "rows")]
    [TestCase("bij,bj->bi", "rows")]
    [TestCase("ij,i->j", "columns")]
    [TestCase("i,ij->j", "columns")]
    [TestCase("ij->j", "columns")]
    [TestCase("i,i->i", "product")]
    [TestCase("i,j->ij", "product")]
    [TestCase("ij,j->ij", "product")]
    [TestCase("ij,i->ij", "product")]
    [TestCase("ij->ji", "transpose")]
    [TestCase("ijk->kji", "transpose")]
    [TestCase("ijk->jik", "transpose")]
    [TestCase("i->i", "transpose")]
    [TestCase("->", "transpose")]
    [TestCase("ii->i", "transpose")]
    [TestCase("i,i,i->", "emitted")]
    [TestCase("ij,ij,j->i", "emitted")]
    [TestCase("ij,jk->ik", "packed")]
    public void Family(string equation, string family) =>
        Assert.That(KernelFamilies.For(EquationPlan.Make(equation, ElementType.Float, _ => 200)).Name, Is.EqualTo(family));

    [Test]
    public void Every_family_at_every_size(
        [Values("i,i->", "bi,bi->b", "bi->b", "i->", "ij,j->i", "j,ij->i", "ij,i->j", "i,ij->j", "ij->j", "i,i->i", "i,j->ij", "ij,j->ij", "ij,i->ij", "ij->ji")] string equation,
        [Values(ElementType.Float, ElementType.Double, ElementType.Int, ElementType.Byte)] ElementType element)
    {
        var random = new Random(4);
        foreach (var longer in new[] { 16, 17, 64, 95, 127, 256, 515, 2050 })
            foreach (var shorter in new[] { 2, 7, 8, 19 })
                foreach (var (i, j) in new[] { (longer, shorter), (shorter, longer) })
                {
                    var plan = EquationPlan.Make(equation, element, label => label is 'i' ? i : j);
                    foreach (var family in KernelFamilies.All.Where(family => family.Name != "nest" && family.CanRun(plan)))
                        PlanData.Check(plan, family.Create(plan, 128 << (i + j) % 3), random);
                }
    }

    [Test]
    public void Square_transposes([Values] ElementType element, [Values(2, 16, 33, 64, 130)] int size)
    {
        foreach (var equation in new[] { "ij->ji", "bij->bji", "ijc->jic", "abc->cba", "abc->cab" })
        {
            var plan = EquationPlan.Make(equation, element, label => label is 'i' or 'j' or 'a' ? size : label is 'b' ? 5 : 4);
            PlanData.Check(plan, new TransposeFamily().Create(plan, 512), new Random(5));
        }
    }

    [Test]
    public void Rows_left_over_do_not_poison_sums()
    {
        var plan = EquationPlan.Make("ij,j->i", ElementType.Float, label => label is 'i' ? 9 : 35);
        foreach (var name in new[] { "rows", "emitted", "nest" })
            PlanData.Check(plan, KernelFamilies.All.Single(family => family.Name == name).Create(plan, 512), new Random(6), special: true);
    }
}
