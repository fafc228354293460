using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Products of few rows: every number of them, sums of every length, rows and columns that fill no group, batches, any of the two operands.</summary>
[Parallelizable(ParallelScope.All)]
sealed class ThinTests
{
    /// <summary>With 1 MB of L2, which the matrices below are more than.</summary>
    static readonly ThinFamily s_family = new(new CacheSizes(32 << 10, 1 << 20, 32 << 20));

    [Test]
    public void Along_the_sum(
        [Values("ij,kj->ik", "kj,ij->ki", "ij,kj->ki", "bij,bkj->bik", "bij,bkj->ikb", "lij,kj->lik")] string equation,
        [Values(ElementType.Float, ElementType.Double, ElementType.Int, ElementType.ULong)] ElementType element, [Values(128, 256, 512)] int simdBits)
    {
        var random = new Random(31);
        foreach (var rows in new[] { 2, 3, 4, 5, 8, 14, 15, 16 })
            foreach (var (columns, depth) in new[] { (18, 16), (23, 17), (18, 31), (21, 33), (17, 64), (40, 67), (19, 131), (33, 300) })
                if (rows < columns && depth >= ThinShape.LeastDepth(rows, element.Size()) && (rows % 2 == 0 || !equation.Contains('l'))) Check(equation, element, simdBits, equation.Contains('l') ? rows / 2 : rows, columns, depth, random);
    }

    [Test]
    public void Along_the_columns([Values("ij,jk->ik", "jk,ij->ik", "ji,jk->ik", "bij,bjk->bik", "ilj,jk->lik")] string equation, [Values(ElementType.Float, ElementType.Int)] ElementType element, [Values(128, 256, 512)] int simdBits)
    {
        var random = new Random(32);
        foreach (var (rows, columns, depth) in new[] { (2, 1030, 301), (3, 700, 407), (5, 1700, 190), (8, 300, 900) })
            Check(equation, element, simdBits, rows, columns, depth, random);
    }

    [TestCase("ij,kj->ik", 17, 40, 100)]
    [TestCase("ij,kj->ik", 4, 40, 15)]
    [TestCase("ij,kj->ik", 8, 40, 31)]
    [TestCase("ij,kj->ik", 4, 8, 100_000)]
    [TestCase("ij,jk->ik", 4, 100, 100)]
    public void What_others_run(string equation, int rows, int columns, int depth) => Assert.That(s_family.CanRun(Plan(equation, ElementType.Float, rows, columns, depth)), Is.False);

    /// <summary>Few rows read an operand of half a megabyte along its neighbours, where tiles would go from page to page; more rows do where it does not fit L2.</summary>
    [TestCase(8, 270, 500, true)]
    [TestCase(8, 250, 500, false)]
    [TestCase(9, 270, 500, false)]
    [TestCase(9, 540, 500, true)]
    public void Operands_within_the_caches(int rows, int depth, int columns, bool isThin) =>
        Assert.That(new ThinFamily(new CacheSizes(48 << 10, 1 << 20, 32 << 20)).CanRun(Plan("ij,jk->ik", ElementType.Float, rows, columns, depth)), Is.EqualTo(isThin));

    /// <summary>Matrices of a batch are small, however many.</summary>
    [Test]
    public void Small_matrices_of_batches() =>
        Assert.That(new ThinFamily(new CacheSizes(48 << 10, 1 << 20, 32 << 20)).CanRun(Plan("bij,bjk->bik", ElementType.Float, 8, 256, 400)), Is.False);

    static void Check(string equation, ElementType element, int simdBits, int rows, int columns, int depth, Random random)
    {
        var plan = Plan(equation, element, rows, columns, depth);
        Assert.That(s_family.CanRun(plan), plan.ToString());
        PlanData.Check(plan, s_family.Create(plan, simdBits), random);
    }

    static KernelPlan Plan(string equation, ElementType element, int rows, int columns, int depth) =>
        EquationPlan.Make(equation, element, label => label switch { 'i' => rows, 'k' => columns, 'j' => depth, _ => 2 });
}
