using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>The kernels for small extents at every size around those of vectors and tiles, batch labels in every position.</summary>
[Parallelizable(ParallelScope.All)]
sealed class SmallTests
{
    static readonly string[] s_families = ["direct", "sums", "lanes"];

    static readonly ElementType[] s_elements = [ElementType.Float, ElementType.Double, ElementType.UInt, ElementType.Long];

    static readonly int[] s_sizes = [.. Enumerable.Range(2, 19), 23, 31, 32, 33, 37, 47, 48, 49, 63, 64, 70, 127];

    [Test]
    public void Every_size([ValueSource(nameof(s_families))] string family, [Values(128, 256, 512)] int bits, [ValueSource(nameof(s_elements))] ElementType element)
    {
        var random = new Random(8);
        var ran = 0;
        foreach (var equation in Equations(family))
        {
            foreach (var size in s_sizes)
            {
                // One extent takes every size, the others small ones, each in turn.
                for (var turn = 0; turn < 4; turn++)
                {
                    var extents = "bijk".ToDictionary(label => label, label => label == "bijk"[turn] ? size : random.Next(2, 20));
                    if (extents['b'] > 5 && turn != 0) extents['b'] = random.Next(2, 6);
                    ran += Check(family, EquationPlan.Make(equation, element, label => extents[label]), bits, random) ? 1 : 0;
                }
            }
        }
        Assert.That(ran, Is.GreaterThan(100));
    }

    [Test]
    public void Random_loops_and_strides([ValueSource(nameof(s_families))] string family, [Values(128, 256, 512)] int bits)
    {
        var random = new Random(9);
        for (var seed = 0; seed < 1000; seed++)
        {
            var element = s_elements[seed % s_elements.Length];
            var loops = EinsumNet.Backends.Cpu.Tests.RandomLoops.Contraction(seed).OrderBy(loop => loop.Role);
            Check(family, new(KernelKind.Contraction, [new(element), new(element)], new(element), [.. loops]), bits, random, special: seed % 5 == 0);
        }
    }

    /// <summary>Those of four and eight bytes.</summary>
    [TestCase("ij,jk->ik", 5, "direct")]
    [TestCase("ij,jk->ik", 300, "packed")]
    [TestCase("ijb,jkb->ikb", 20, "lanes")]
    [TestCase("bij,bj->bi", 20, "sums")]
    [TestCase("abcd,befc->aefd", 12, "packed")]
    [TestCase("bji,bkj->kib", 40, "turned")]
    public void Products_of_integers_run_in_tiles(string equation, int size, string family)
    {
        foreach (var element in new[] { ElementType.Int, ElementType.UInt, ElementType.Long, ElementType.ULong, ElementType.NInt }) Assert.That(KernelFamilies.For(EquationPlan.Make(equation, element, _ => size)).Name, Is.EqualTo(family), element.ToString());
        Assert.That(KernelFamilies.For(EquationPlan.Make(equation, ElementType.Short, _ => size)).Name, Is.EqualTo("emitted"), "elements of two bytes");
    }

    [Test]
    public void Rows_that_put_each_other_out_of_the_cache([Values(128, 256, 512)] int bits, [Values(ElementType.Float, ElementType.Double)] ElementType element)
    {
        var random = new Random(10);
        foreach (var (i, j, k) in new[] { (32, 32, 32), (9, 16, 16), (17, 32, 16), (33, 64, 31), (20, 16, 64) })
            Assert.That(Check("direct", EquationPlan.Make("ibj,jbk->ibk", element, label => label switch { 'i' => i, 'j' => j, 'k' => k, _ => 64 }), bits, random));
    }

    [Test]
    public void Long_sums([Values(128, 256, 512)] int bits, [Values(ElementType.Float, ElementType.Double)] ElementType element, [Values(129, 1024, 4099)] int depth)
    {
        var random = new Random(14);
        foreach (var equation in new[] { "ij,jk->ik", "bij,bjk->bik", "bji,bjk->bik", "ibj,jbk->ibk", "bj,bjk->bk" })
        {
            var ran = 0;
            foreach (var rows in new[] { 2, 3, 5, 6, 7, 9, 16 })
            {
                if (rows > 2 && !equation.Contains('i')) continue;
                foreach (var columns in new[] { 3, 16, 18, 33, 100 })
                    ran += Check("direct", EquationPlan.Make(equation, element, label => label switch { 'i' => rows, 'j' => depth, 'k' => columns, _ => 2 }), bits, random) ? 1 : 0;
            }
            Assert.That(ran, Is.GreaterThan(1), equation);
        }
    }

    /// <summary>Sums that are longer than this, or whose matrices are larger, are packed, or shared among threads.</summary>
    [TestCase("ij,jk->ik", 3, 5000, 18, "direct")]
    [TestCase("ij,jk->ik", 3, 8192, 18, "split")]
    [TestCase("bij,bjk->bik", 128, 512, 128, "direct")]
    [TestCase("bij,bjk->bik", 128, 513, 128, "packed")]
    [TestCase("bij,bjk->bik", 8, 400, 256, "direct")]
    [TestCase("bij,bjk->bik", 9, 400, 256, "packed")]
    [TestCase("bj,bjk->bk", 1, 5000, 15, "direct")]
    [TestCase("ij,jk->ik", 8, 8000, 15, "direct")]
    [TestCase("ij,jk->ik", 16, 1500, 64, "packed")]
    [TestCase("bj,bjk->bk", 1, 50000, 15, "split")]
    public void Matrices_that_are_better_in_place(string equation, int rows, int depth, int columns, string family) =>
        Assert.That(KernelFamilies.For(EquationPlan.Make(equation, ElementType.Float, label => label switch { 'i' => rows, 'j' => depth, 'k' => columns, _ => 2 })).Name, Is.EqualTo(family));

    /// <summary>An operand that L1 holds is read again for each iteration of further free loops of the other.</summary>
    [TestCase("lji,kj->lki", 600, 24, 79, true)]
    [TestCase("ij,lkj->lik", 100, 30, 40, false)]
    [TestCase("ji,ljk->lik", 120, 30, 70, true)]
    [TestCase("lji,jk->lik", 500, 20, 18, true)]
    [TestCase("lji,jk->lik", 500, 20, 500, false)]
    [TestCase("lji,jk->lik", 500, 20, 128, true)]
    [TestCase("lji,jk->lik", 500, 65, 128, false)]
    [TestCase("lji,jk->lik", 20, 60, 128, false)]
    [TestCase("lji,kj->lki", 600, 60, 79, false)]
    [TestCase("ij,lmjk->lmik", 12, 13, 11, true)]
    [TestCase("ij,ljk->lik", 45, 45, 30, true)]
    [TestCase("ij,ljk->lik", 46, 45, 30, false)]
    [TestCase("j,lmjk->lkm", 1, 30, 30, false)]
    public void Further_free_loops(string equation, int rows, int depth, int columns, bool runs)
    {
        var (family, random) = (new DirectFamily(), new Random(14));
        foreach (var element in new[] { ElementType.Float, ElementType.Double })
        {
            var plan = EquationPlan.Make(equation, element, label => label switch { 'i' => rows, 'j' => depth, 'k' => columns, _ => 7 });
            if (element == ElementType.Float) Assert.That(family.CanRun(plan), Is.EqualTo(runs));
            foreach (var bits in new[] { 128, 256, 512 })
                if (family.CanRun(plan)) PlanData.Check(plan, family.Create(plan, bits), random);
        }
    }

    /// <summary>Lines of results that L1 has no room for are asked for, but for those that follow each other.</summary>
    [TestCase("ij,jk->ik", 81, 13, 23493, true)]
    [TestCase("ij,jk->ik", 81, 13, 23488, true)]
    [TestCase("ij,jk->ik", 20000, 13, 27, true)]
    [TestCase("ij,jk->ik", 20000, 13, 16, false)]
    [TestCase("ij,jk->ik", 9, 13, 100, false)]
    [TestCase("bij,bjk->bik", 12, 4, 5, false)]
    public void Results_that_are_asked_for(string equation, int rows, int depth, int columns, bool asks)
    {
        var plan = EquationPlan.Make(equation, ElementType.Float, label => label switch { 'i' => rows, 'j' => depth, 'k' => columns, _ => 50 });
        Assert.That(DirectShape.Of(plan)!.AsksForResult(plan), Is.EqualTo(asks));
        foreach (var bits in new[] { 128, 256, 512 }) PlanData.Check(plan, new DirectFamily().Create(plan, bits), new Random(15));
    }

    /// <summary>Of matrices of fewer rows than are summed at once, several entries of the batch are.</summary>
    [Test]
    public void Sums_of_few_rows([Values(2, 3)] int rows, [Values("bij,bj->bi", "bj,bij->ib", "ibj,bj->bi")] string equation, [ValueSource(nameof(s_elements))] ElementType element, [Values(128, 256, 512)] int bits)
    {
        foreach (var (batch, terms) in new[] { (9, 3), (100, 17), (301, 30) })
            Assert.That(Check("sums", EquationPlan.Make(equation, element, label => label switch { 'b' => batch, 'i' => rows, _ => terms }), bits, new Random(16)), equation);
    }

    [Test]
    public void Results_past_the_caches(
        [Values(128, 256, 512)] int bits, [Values(ElementType.Float, ElementType.Double)] ElementType element,
        [Values("bij,bjk->bik", "bji,bjk->bik", "bij,jk->bik", "ibj,jbk->ibk", "bij,bjk->bki")] string equation)
    {
        var (family, random) = (new DirectFamily(new LastCache(0)), new Random(12));
        foreach (var (i, j, k) in new[] { (16, 16, 16), (16, 5, 32), (13, 16, 48), (3, 33, 64), (8, 8, 8), (24, 24, 24), (7, 7, 7), (9, 12, 5) })
        {
            var plan = EquationPlan.Make(equation, element, label => label switch { 'i' => i, 'j' => j, 'k' => k, _ => 21 });
            if (family.CanRun(plan)) PlanData.Check(plan, family.Create(plan, bits), random);
        }
    }

    [Test]
    public void Rows_from_memory([Values(128, 256, 512)] int bits, [Values(ElementType.Float, ElementType.Double)] ElementType element)
    {
        var (family, random) = (new DirectFamily(new LastCache(0)), new Random(13));
        foreach (var (i, j, k) in new[] { (700, 40, 24), (301, 100, 33), (407, 88, 88), (1031, 33, 5) })
        {
            foreach (var equation in new[] { "ij,jk->ik", "ij,kj->ik", "ijb,jk->ibk" })
            {
                var plan = EquationPlan.Make(equation, element, label => label switch { 'i' => i, 'j' => j, 'k' => k, _ => 1 });
                var shape = DirectShape.Of(plan)!;
                Assert.That(shape.ComesFromMemory(plan, new LastCache(0)), "the way that is tested");
                Assert.That(shape.StreamsStrips(plan, new LastCache(0)), Is.EqualTo(k is 33 or 88 && k * element.Size() % Lines.Bytes != 0), "rows that are no whole lines");
                PlanData.Check(plan, family.Create(plan, bits), random);
            }
        }
    }

    /// <summary>Rows of y that crowd few sets of L1 are copied: not where they lie one behind the other and a block has them whole, nor where they are read once.</summary>
    [TestCase(64, 128, 128, false)]
    [TestCase(64, 128, 1024, true)]
    [TestCase(8, 128, 1024, false)]
    [TestCase(64, 128, 1040, false)]
    public void Rows_that_crowd_sets_are_copied(int rows, int depth, int columns, bool packs)
    {
        var plan = EquationPlan.Make("ij,jk->ik", ElementType.Float, label => label switch { 'i' => rows, 'j' => depth, _ => columns });
        Assert.That(DirectShape.Of(plan)!.PacksY(plan), Is.EqualTo(packs));
    }

    [Test]
    public void Whole_lines_are_written_past_the_caches()
    {
        Assert.That(Streams("bij,bjk->bik", 16, cacheBytes: 0), Is.True);
        Assert.That(Streams("bij,bjk->bik", 15, cacheBytes: 0), Is.False);
        Assert.That(Streams("bij,bjk->bik", 16, cacheBytes: long.MaxValue), Is.False);
        Assert.That(Streams("bij,bjk->bik", 16, cacheBytes: 4 * 3 * 16 * 16 * 16), Is.True, "no room beside each other");
        Assert.That(Streams("ij,jk->ik", 16, cacheBytes: 4 * 3 * 16 * 16), Is.False);
        Assert.That(Streams("bij,bjk->bik", 16, cacheBytes: 4 * 3 * 16 * 16 * 16, byLine: false), Is.False, "half a line at once");
        static bool Streams(string equation, int size, long cacheBytes, bool byLine = true)
        {
            var plan = EquationPlan.Make(equation, ElementType.Float, _ => size);
            return DirectShape.Of(plan)!.Streams(plan, new LastCache(cacheBytes), byLine);
        }
    }

    [TestCase(7, 16, true)]
    [TestCase(8, 8, false)]
    [TestCase(12, 16, true)]
    [TestCase(16, 16, true)]
    [TestCase(100, 16, false)]
    public void Entries_from_memory_are_asked_for_where_they_are_several_lines_or_rows_are_parts_of_vectors(int size, int vector, bool asks)
    {
        var plan = EquationPlan.Make("bij,bjk->bik", ElementType.Float, label => label == 'b' ? 50 : size);
        Assert.That(DirectShape.Of(plan)!.Ahead(plan, new LastCache(0), isPart: size < vector) > 0, Is.EqualTo(asks));
        Assert.That((long)DirectShape.Of(plan)!.Ahead(plan, new LastCache(long.MaxValue), isPart: size < vector), Is.Zero);
    }

    [Test]
    public void The_number_of_threads_does_not_change_a_bit([ValueSource(nameof(s_families))] string family)
    {
        var equation = family switch { "sums" => "bij,bj->bi", "lanes" => "ijb,jkb->ikb", _ => "bij,bjk->bik" };
        var plan = EquationPlan.Make(equation, ElementType.Float, label => label == 'b' ? 9001 : 16);
        var kernel = KernelFamilies.All.Single(other => other.Name == family).Create(plan, SimdWidth.Bits);
        var run = new PlanRun<float, float>(plan, new Random(11).NextSingle);
        run.Run(kernel, new(1, CancellationToken.None));
        var alone = run.Result.ToArray();
        run.Run(kernel, new(4, CancellationToken.None));
        Assert.That(run.Result.AsSpan().SequenceEqual(alone));
        Assert.Throws<OperationCanceledException>(() => run.Run(kernel, new(2, new CancellationToken(canceled: true))));
    }

    static string[] Equations(string family) => family switch
    {
        "sums" => ["ij,j->i", "bij,bj->bi", "bj,bij->bi", "bij,bj->ib", "ibj,bj->bi", "bi,bi->b", "kbi,kbi->bk", "kbi,kbi->kb"],
        "lanes" => ["ijb,jkb->ikb", "jib,kjb->kib", "ijb,jb->ib", "jb,kjb->kb"],
        _ => ["ij,jk->ik", "bij,bjk->bik", "bij,bkj->bik", "bji,bjk->bik", "bij,bjk->bki", "ibj,jbk->ibk", "ijb,jkb->bik", "bij,jk->bik", "bj,bjk->bk", "ij,bjk->bik", "ij,kjb->kib"],
    };

    static bool Check(string name, KernelPlan plan, int bits, Random random, bool special = false)
    {
        var family = KernelFamilies.All.Single(family => family.Name == name);
        if (!family.CanRun(plan)) return false;
        PlanData.Check(plan, family.Create(plan, bits), random, special);
        return true;
    }
}
