using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Products of small squares, of which a vector holds several rows.</summary>
[Parallelizable(ParallelScope.All)]
sealed class SquaresTests
{
    static readonly ElementType[] s_elements = [ElementType.Float, ElementType.Double, ElementType.UInt, ElementType.Long];

    [Test]
    public void Every_way_at_every_size(
        [Values("bij,bjk->bik", "bjk,bij->bik", "ij,jk->ik", "jk,ij->ik", "abij,bajk->abik", "bij,jbk->bik", "bij,bkj->bik", "bij,bjk->bki")] string equation,
        [ValueSource(nameof(s_elements))] ElementType element, [Values(2, 4, 8)] int size, [Values(128, 256, 512)] int simdBits, [Values(0, long.MaxValue)] long cacheBytes)
    {
        var (family, random, runs) = (new SquaresFamily(new LastCache(cacheBytes)), new Random(17), 0);
        foreach (var (batch, rows) in new[] { (3, size), (700, size), (5, 2 * size), (2, 4 * size), (3, 1000), (1, 6), (9, 12), (1, 3102) })
        {
            var plan = EquationPlan.Make(equation, element, label => label switch { 'a' => 2, 'b' => batch, 'i' => rows, _ => size });
            if (SquaresShape.Of(plan) is null) continue;
            runs++;
            PlanData.Check(plan, family.Create(plan, simdBits), random, special: runs % 2 == 0);
        }

        var fits = size * element.Size() is 16 or 32;
        Assert.That(runs > 0, Is.EqualTo(fits && equation is not ("bij,bkj->bik" or "bij,bjk->bki")), "what is tested");
    }

    /// <summary>Padded entries, entries that are one, or overlap, and results whose entries are whole lines apart or not.</summary>
    [Test]
    public void Batches_of_any_strides([Values(ElementType.Float, ElementType.Double)] ElementType element, [Values(128, 256, 512)] int simdBits, [Values(0, long.MaxValue)] long cacheBytes)
    {
        var (size, random) = (16 / element.Size(), new Random(18));
        var entry = size * size;
        foreach (var (x, y, result) in new[] { (0, entry, entry), (entry, 0, entry), (size, 1, entry + 1), (entry + 3, 2 * entry, 64 / element.Size() * 3), (2 * entry, entry, entry + 4) })
        {
            Loop[] loops = [new(5, LoopRole.Batch, [7 * x, 70 * entry, 40 * result]), new(21, LoopRole.Batch, [x, y, result]), new(size, LoopRole.Left, [size, 0, size]), new(size, LoopRole.Right, [0, 1, 1]), new(size, LoopRole.Contracted, [1, size, 0])];
            var plan = new KernelPlan(KernelKind.Contraction, [new(element), new(element)], new(element), [.. loops]);
            Assert.That(SquaresShape.Of(plan)!.Streams(plan, new LastCache(cacheBytes)), Is.EqualTo(cacheBytes == 0 && result * element.Size() % 64 == 0), "the way that is tested");
            PlanData.Check(plan, new SquaresFamily(new LastCache(cacheBytes)).Create(plan, simdBits), random);
        }
    }

    /// <summary>Rows that do not fill the widest vectors are taken in narrower ones.</summary>
    [TestCase(4, 512)]
    [TestCase(8, 512)]
    [TestCase(6, 256)]
    [TestCase(5, 128)]
    public void Vectors_are_as_wide_as_rows_fill(int rows, int bits)
    {
        var plan = EquationPlan.Make("bij,bjk->bik", ElementType.Float, label => label switch { 'b' => 9, 'i' => rows, _ => 4 });
        Assert.That(SquaresShape.Of(plan)!.BitsFor(plan, 512), Is.EqualTo(bits));
    }

    [TestCase("bij,bjk->bik", 4, true)]
    [TestCase("ij,jk->ik", 4, true)]
    [TestCase("bij,bjk->bik", 5, false)]
    [TestCase("bji,bjk->bik", 4, false)]
    [TestCase("ijb,jkb->ikb", 4, false)]
    public void Takes(string equation, int size, bool takes)
    {
        if (SimdWidth.Bits < 256) LeftOut.Because("vectors hold one row");
        var plan = EquationPlan.Make(equation, ElementType.Float, label => label == 'b' ? 100 : size);
        Assert.That(KernelFamilies.For(plan).Name == "squares", Is.EqualTo(takes));
    }
}
