using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Copies and transposes through the caches and past them, at sizes around those of tiles, wherever the result begins.</summary>
[Parallelizable(ParallelScope.All)]
sealed class MoveTests
{
    static readonly int[] s_sizes = [2, 3, 7, 8, 15, 16, 17, 31, 33, 65, 75, 130];

    [Test]
    public void Every_way_at_every_size(
        [Values(ElementType.Byte, ElementType.Short, ElementType.Float, ElementType.Double, ElementType.Complex)] ElementType element,
        [Values(128, 256, 512)] int simdBits, [Values(0, long.MaxValue)] long cacheBytes,
        [Values("ij->ji", "bij->bji", "bij->jib", "ijb->jbi", "ibj->jbi", "bij->ibj", "ij->ij")] string equation, [Values(512 << 10, 1 << 20)] long l2)
    {
        foreach (var i in s_sizes)
            foreach (var j in s_sizes)
            {
                var plan = EquationPlan.Make(equation, element, label => label is 'i' ? i : label is 'j' ? j : 3);
                CopyCheck.Run(plan, Family(cacheBytes, l2).Create(plan, simdBits), (i + j) % 3 == 0 ? 0 : (i * j) % 5);
            }
    }

    [Test]
    public void Rows_a_page_apart([Values(0, long.MaxValue)] long cacheBytes, [Values(0, 3)] int offset)
    {
        var plan = EquationPlan.Make("ij->ji", ElementType.Float, label => label is 'i' ? 1024 : 70);
        CopyCheck.Run(plan, Family(cacheBytes).Create(plan, 512), offset);
    }

    [Test]
    public void Lines_kept_by_the_strides([Values(48, 64, 80)] int inner, [Values(16, 28, 32, 75)] int outer, [Values(512 << 10, 1 << 20)] long l2)
    {
        foreach (var equation in new[] { "ij->ji", "abij->jaib", "jabi->bjai" })
        {
            var plan = EquationPlan.Make(equation, ElementType.Float, label => label is 'i' ? inner : label is 'j' ? outer : label is 'a' ? 2 : 16);
            foreach (var offset in new[] { 0, 1 }) CopyCheck.Run(plan, Family(0, l2).Create(plan, 512), offset);
        }
    }

    [Test]
    public void Rows_cut_into_blocks([Values(ElementType.Float, ElementType.Double)] ElementType element, [Values(9000, 9001)] int columns, [Values(0, 3)] int offset)
    {
        var plan = EquationPlan.Make("ij->ji", element, label => label is 'i' ? columns : 70);
        CopyCheck.Run(plan, Family(0).Create(plan, 512), offset);
        plan = EquationPlan.Make("ji->ij", element, label => label is 'i' ? 70 : columns);
        CopyCheck.Run(plan, Family(0).Create(plan, 512), offset);
    }

    /// <summary>Rows that are kept go past the caches one by one or put together; long ones are cut at lines, too: 16048 floats are 1003 lines.</summary>
    [Test]
    public void Long_rows_kept([Values(ElementType.Byte, ElementType.Short, ElementType.Float, ElementType.Double, ElementType.Complex)] ElementType element, [Values(130, 259, 517, 16048, 16050, 70_001)] int length)
    {
        var plan = EquationPlan.Make("abi->bai", element, label => label is 'i' ? length : 2);
        foreach (var offset in new[] { 0, 3 }) CopyCheck.Run(plan, Family(0).Create(plan, 512), offset);
    }

    /// <summary>Permutations of up to six axes, of which blocks have long stretches only over several: past the caches, and through them where they hold little more than both tensors.</summary>
    [Test]
    public void Short_axes([Values(ElementType.Byte, ElementType.Short, ElementType.Float, ElementType.Double, ElementType.Complex)] ElementType element,
        [Values(128, 256, 512)] int simdBits, [Values(0.0, 0.5, 2.5)] double cacheShare, [Values(512 << 10, 1 << 20)] long l2)
    {
        var random = new Random(19);
        for (var turn = 0; turn < 12; turn++)
        {
            var rank = random.Next(3, 7);
            var sizes = Enumerable.Range(0, rank).Select(_ => random.Next(2, 1 + (int)Math.Pow(200_000, 1.0 / rank) * 3 / 2)).ToArray();
            var labels = "abcdef"[..rank];
            var shuffled = new string([.. labels.OrderBy(_ => random.Next())]);
            var plan = EquationPlan.Make($"{labels}->{shuffled}", element, label => sizes[label - 'a']);
            if (plan.Kind != KernelKind.Transpose) continue;
            CopyCheck.Run(plan, Family((long)(cacheShare * plan.Iterations * element.Size()), l2).Create(plan, simdBits), random.Next(20));
        }
    }

    /// <summary>Operands that are no dense tensors: repeated along an axis, windows that overlap, rows with gaps; two and three neighbours, which are copied by wider tiles as far as there are more.</summary>
    [Test]
    public void Operands_with_strides_of_their_own([Values(ElementType.Byte, ElementType.Float, ElementType.Double, ElementType.Complex)] ElementType element,
        [Values(128, 256, 512)] int simdBits, [Values(0, 100_000, 500_000, long.MaxValue)] long cacheBytes, [Values(512 << 10, 1 << 20)] long l2)
    {
        foreach (var (rows, columns, rowStep, columnStep) in new[] { (300, 200, 1, 0), (70, 1000, 1, 1), (3, 5000, 1, 3), (2, 5001, 1, 2), (3, 700, 1, 4), (2, 700, 1, 3), (3, 300, 1, 1), (5000, 3, 1, 5003), (5000, 2, 1, 6000), (17, 33, 1, 40) })
            foreach (var gap in new[] { 0, 5 })
            {
                var plan = new KernelPlan(KernelKind.Transpose, [new(element)], new(element),
                    [new(2, LoopRole.Free, [7, rows * (columns + gap)]), new(rows, LoopRole.Free, [rowStep, columns + gap]), new(columns, LoopRole.Free, [columnStep, 1])]);
                CopyCheck.Run(plan, Family(cacheBytes, l2).Create(plan, simdBits), gap);
            }
    }

    [Test]
    public void Blocks_are_no_longer_than_their_loops([Values("cwr->wrc 300 50000 5", "cwr->rwc 12 800000 3", "cwr->rwc 800000 7 6")] string copy, [Values(256 << 10, 512 << 10, 1 << 20)] long l2)
    {
        var parts = copy.Split(' ');
        var (c, w, r) = (int.Parse(parts[1]), int.Parse(parts[2]), int.Parse(parts[3]));
        var plan = EquationPlan.Make(parts[0], ElementType.Float, label => label is 'c' ? c : label is 'w' ? w : r);
        var stage = StageOf(plan, l2);
        var read = stage.Loops.Zip(stage.Blocks).Where(pair => pair.First.Strides[0] < Math.Max(r * w, 2)).Aggregate(1L, (run, pair) => run * pair.Second);
        Assert.That(stage.Blocks.Zip(stage.Loops, (block, loop) => block <= loop.Extent), Is.All.True);
        Assert.That(read * sizeof(float), Is.GreaterThan(150), "bytes read one after the other");
    }

    [TestCase(512 << 10, 250)]
    [TestCase(1 << 20, 500)]
    public void Blocks_of_short_axes_have_long_stretches_of_both(long l2, int least)
    {
        var plan = EquationPlan.Make("abcdef->fadecb", ElementType.Float, label => label switch { 'a' => 37, 'b' => 33, 'c' => 6, 'd' => 9, 'e' => 25, _ => 10 });
        var stage = StageOf(plan, l2);
        var read = stage.Loops.Zip(stage.Blocks).OrderBy(pair => pair.First.Strides[0]).TakeWhile(pair => pair.First.Strides[0] < 250).Aggregate(1L, (run, pair) => run * pair.Second);
        var written = stage.Blocks.Where((_, loop) => stage.IsStretch[loop]).Aggregate(1L, (run, block) => run * block);
        Assert.Multiple(() =>
        {
            Assert.That(read * sizeof(float), Is.GreaterThanOrEqualTo(least), "bytes read one after the other");
            Assert.That(written * sizeof(float), Is.GreaterThanOrEqualTo(2000), "bytes written one after the other");
            Assert.That(stage.Bytes, Is.LessThanOrEqualTo(160 << 10));
        });
    }

    static TransposeFamily Family(long cacheBytes, long l2 = 1 << 20) => new(new LastCache(cacheBytes), new CacheSizes(32 << 10, l2, 32 << 20));

    static Stage StageOf(KernelPlan plan, long l2) => new(plan, Rectangle.Of(plan)!, sizeof(float), 16, new CacheSizes(32 << 10, l2, 32 << 20));
}
