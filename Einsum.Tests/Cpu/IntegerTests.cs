using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Cpu.Tests;

namespace EinsumNet.Tests.Cpu;

/// <summary>Products of integers of four and eight bytes in register tiles: any bits, so that sums and products wrap, compared bit by bit.</summary>
[Parallelizable(ParallelScope.All)]
[TestFixture(128)]
[TestFixture(256)]
[TestFixture(512)]
sealed class IntegerTests(int simdBits)
{
    static readonly ElementType[] s_elements = [ElementType.Int, ElementType.UInt, ElementType.Long, ElementType.ULong, ElementType.NInt];

    /// <summary>Operands either way round, results by rows and by columns, sums of one block of depth and of several, around the edges of tiles.</summary>
    [Test]
    public void Matrices([Values("ij,jk->ik", "ji,jk->ki", "ij,kj->ik", "ji,kj->ki")] string equation, [ValueSource(nameof(s_elements))] ElementType element)
    {
        var random = new Random(21);
        foreach (var (rows, columns) in new[] { (1, 33), (3, 16), (7, 7), (13, 65), (14, 32), (15, 48), (29, 31), (43, 9) })
            foreach (var depth in new[] { 1, 2, 9, 700 })
            {
                var plan = EquationPlan.Make(equation, element, label => label switch { 'i' => rows, 'k' => columns, _ => depth });
                PlanData.Check(plan, new PackedFamily().Create(plan, simdBits), random);
            }
    }

    /// <summary>With caches of a few lines: many blocks, sums that are added to what is there, results past the caches, operands transposed as they are packed.</summary>
    [Test]
    public void Random_loops_and_strides([ValueSource(nameof(s_elements))] ElementType element)
    {
        var random = new Random(22);
        for (var seed = 0; seed < 150; seed++)
        {
            var plan = new KernelPlan(KernelKind.Contraction, [new(element), new(element)], new(element), [.. RandomLoops.Contraction(seed)]);
            PlanData.Check(plan, new PackedFamily(new CacheSizes(256, 256 << (seed % 5), 4096)).Create(plan, simdBits), random);
        }
    }

    /// <summary>Results that are collected in the order of an operand and transposed on their way out, and long sums that threads share.</summary>
    [TestCase("apbe,rp->ebra", 70, 3, 60, 24, 30)]
    [TestCase("apbe,rp->arbe", 40, 7, 40, 25, 31)]
    [TestCase("pa,pb->ba", 33, 45, 1, 1, 9000)]
    public void Large_ones(string equation, int a, int b, int e, int r, int p)
    {
        foreach (var element in new[] { ElementType.Int, ElementType.ULong })
        {
            var plan = EquationPlan.Make(equation, element, label => label switch { 'a' => a, 'b' => b, 'e' => e, 'r' => r, _ => p });
            PlanData.Check(plan, new PackedFamily().Create(plan, simdBits), new Random(23));
        }
    }
}
