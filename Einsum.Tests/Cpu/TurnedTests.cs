using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Kernels that copy tensors into another order of their axes: batches in any position, sums whose result has another order, whole blocks and what they leave over.</summary>
[Parallelizable(ParallelScope.All)]
sealed class TurnedTests
{
    static readonly TurnedFamily s_family = new();

    [Test]
    public void Batches_in_any_position(
        [Values("bij,bjk->kib", "ibj,bjk->kib", "jbi,bjk->ikb", "jib,bjk->bik", "jib,jkb->bik", "bij,kjb->ikb", "ijb,jkb->ikb", "baij,bjka->aikb", "bijl,jlbk->kib", "bij,bj->ib", "bij,jb->bi", "bij,kbj->bik")]
        string equation,
        [Values(ElementType.Float, ElementType.Double)] ElementType element, [Values(128, 256, 512)] int simdBits)
    {
        var random = new Random(21);
        var taken = 0;
        foreach (var (batch, i, j, k) in new[] { (4, 30, 9, 17), (37, 2, 20, 15), (100, 3, 7, 2), (300, 5, 3, 6), (33, 20, 17, 30), (525, 1, 12, 9), (17, 45, 40, 35), (60, 24, 30, 9) })
        {
            var plan = Plan(equation, element, ('b', batch), ('a', 3), ('i', i), ('j', j), ('k', k), ('l', 2));
            if (!s_family.CanRun(plan)) continue;
            taken++;
            PlanData.Check(plan, s_family.Create(plan, simdBits), random);
        }
        Assert.That(taken, Is.Positive);
    }

    [Test]
    public void Long_sums_of_few_rows_and_columns(
        [Values("ij,jk->ik", "ji,jk->ki", "ji,kj->ik", "bij,bjk->bik", "jbi,bjk->ikb", "baij,bajk->abik")] string equation,
        [Values(ElementType.Float, ElementType.Double)] ElementType element, [Values(128, 256, 512)] int simdBits)
    {
        foreach (var (i, j, k) in new[] { (3, 700, 4), (16, 513, 15), (2, 3001, 2) })
        {
            var plan = Plan(equation, element, ('b', 5), ('a', 3), ('i', i), ('j', j), ('k', k));
            Assert.That(s_family.CanRun(plan), plan.ToString());
            PlanData.Check(plan, s_family.Create(plan, simdBits), new Random(25));
        }
    }

    /// <summary>Which way batches of small matrices are copied: with the batch innermost (true), or without it there.</summary>
    [TestCase("bij,bkj->bik", 444, 3, 6, 9, true)]
    [TestCase("bij,bjk->bki", 621, 9, 6, 2, true)]
    [TestCase("bij,bjk->bik", 3526, 2, 3, 2, true)]
    [TestCase("bij,jkb->ikb", 1000, 14, 4, 6, true)]
    [TestCase("ijb,bjk->bik", 500, 14, 30, 4, true)]
    [TestCase("bij,jkb->bik", 500, 14, 14, 14, false)]
    public void Small_batches(string equation, int batch, int i, int j, int k, bool isInnermost)
    {
        var shape = TurnedShape.Of(Plan(equation, ElementType.Float, ('b', batch), ('i', i), ('j', j), ('k', k)))!;
        Assert.That(shape.Orders.Where(order => order is not null).Select(order => Array.IndexOf(order!, shape.Cut)), Is.All.EqualTo(isInnermost ? 2 : 0));
    }

    [Test]
    public void Sums_in_the_operands_order(
        [Values("abc->cb", "abcd->dc", "abcd->da", "abc,abc->cb", "abc,ab->cb", "abc,ab,abc->cb", "abc,cab->", "abc,bca->a", "abc,c,cba->b", "abc,cba->ab")]
        string equation,
        [Values(ElementType.Float, ElementType.Complex, ElementType.Half, ElementType.Int, ElementType.Bool)] ElementType element)
    {
        foreach (var (a, b, c, d) in new[] { (13, 16, 17, 5), (40, 17, 33, 3), (8, 50, 130, 2) })
        {
            var plan = Plan(equation, element, ('a', a), ('b', b), ('c', c), ('d', d));
            Assert.That(s_family.CanRun(plan), equation);
            PlanData.Check(plan, s_family.Create(plan, 512), new Random(22));
        }
    }

    [Test]
    public void Products_with_operands_in_another_order(
        [Values("b,ab,ba->ab", "abc,ac,cba->abc", "cba,b,abc->abc", "bcd,abdc,acd->abcd", "dcab,abd,abd->abcd", "cdab,bcd->abcd", "cdab,bcd,dcab->abcd")] string equation,
        [Values(ElementType.Float, ElementType.Double, ElementType.Complex, ElementType.Byte)] ElementType element)
    {
        foreach (var (a, b, c, d) in new[] { (9, 17, 12, 33), (41, 51, 9, 20), (19, 70, 67, 10) })
        {
            var plan = Plan(equation, element, ('a', a), ('b', b), ('c', c), ('d', d));
            if (s_family.CanRun(plan)) PlanData.Check(plan, s_family.Create(plan, 512), new Random(23));
        }
        Assert.That(s_family.CanRun(Plan(equation, element, ('a', 41), ('b', 51), ('c', 9), ('d', 20))), equation);
    }

    [Test]
    public void Factors_in_the_products_order(
        [Values("ri,rj->ijr", "ri,rj,rk->ijkr", "ir,rj->ijr", "ri,jr->rji", "ri,rj,i->jir", "ari,brj->ajbir")] string equation,
        [Values(ElementType.Float, ElementType.Complex, ElementType.Half, ElementType.Long, ElementType.Byte, ElementType.Bool)] ElementType element)
    {
        foreach (var (r, i) in new[] { (16, 19), (33, 18), (70, 30) })
        {
            var plan = Plan(equation, element, ('a', 2), ('b', 3), ('r', r), ('i', i), ('j', 11), ('k', 7));
            var shape = TurnedShape.Of(plan);
            Assert.That(shape, equation == "ri,jr->rji" ? Is.Null : Is.Not.Null, plan.ToString());
            if (shape is not null) PlanData.Check(plan, s_family.Create(plan, 512), new Random(34));
        }
    }

    /// <summary>A block of a product holds rows of several iterations of a loop between the result's neighbours and the operand's, and what these leave over.</summary>
    [TestCase("c,adcb->abcd", 5, 21, 138, 54)]
    [TestCase("ad,adcb->abcd", 7, 13, 301, 40)]
    [TestCase("dcab,abcd->abcd", 12, 30, 100, 17)]
    public void Rows_of_products_are_long(string equation, int a, int b, int c, int d)
    {
        var plan = Plan(equation, ElementType.Float, ('a', a), ('b', b), ('c', c), ('d', d));
        var shape = TurnedShape.Of(plan)!;
        Assert.That(shape.Cut!.ResultStride, Is.GreaterThan(1));
        Assert.That(shape.Block, Is.GreaterThan(1).And.LessThan(shape.Cut.Extent));
        PlanData.Check(plan, s_family.Create(plan, 512), new Random(26));
    }

    /// <summary>Short runs that are summed in another order than they lie are read where they lie if lines would go before their next run is read.</summary>
    [TestCase("abcd->acb", 4, 511, 21, 13, true)]
    [TestCase("abcd->cab", 93, 37, 55, 14, true)]
    [TestCase("abcd->acb", 4, 51, 21, 13, false)]
    [TestCase("abcd,d->acb", 4, 511, 21, 13, false)]
    [TestCase("abcd->acb", 5, 511, 21, 100, false)]
    public void Short_sums_in_another_order(string equation, int a, int b, int c, int d, bool isCopied)
    {
        var plan = Plan(equation, ElementType.Float, ('a', a), ('b', b), ('c', c), ('d', d));
        Assert.That(s_family.CanRun(plan), Is.EqualTo(isCopied));
        if (isCopied) PlanData.Check(plan, s_family.Create(plan, 512), new Random(27));
    }

    /// <summary>What is copied where the operand's lines are many, or it goes on further out in the result.</summary>
    [TestCase("ijb,bjk->bik", 4000, 20, 24, 5)]
    [TestCase("bij,bjk->bik", 3000, 2, 12, 2)]
    [TestCase("kbi,ik->bik", 65, 484, 54, 54)]
    public void What_is_copied(string equation, int batch, int i, int j, int k) =>
        Assert.That(s_family.CanRun(Plan(equation, ElementType.Float, ('b', batch), ('i', i), ('j', j), ('k', k))));

    /// <summary>A result whose innermost axis is a few columns is made with those of the other operand.</summary>
    [Test]
    public void Results_of_short_columns([Values("aij,jck->caik", "jai,jck->caik", "aijb,jkb->aikb", "baij,bjck->cbaik")] string equation, [Values(2, 3, 5)] int columns,
        [Values(ElementType.Float, ElementType.Double)] ElementType element, [Values(128, 256, 512)] int simdBits)
    {
        var plan = Plan(equation, element, ('a', 11), ('b', 4), ('c', 7), ('i', 50), ('j', 12), ('k', columns));
        Assert.That(s_family.CanRun(plan), Is.EqualTo(equation.Contains("jkb") || columns * element.Size() < 32), plan.ToString());
        if (s_family.CanRun(plan)) PlanData.Check(plan, s_family.Create(plan, simdBits), new Random(29));
    }

    /// <summary>The copy of a result of short columns has its columns along the other operand's, whatever an operand has next to memory; few columns that are all are left where they are.</summary>
    [Test]
    public void Columns_beside_short_ones()
    {
        var batch = TurnedShape.Of(Plan("ijb,bjkl->bkil", ElementType.Float, ('b', 2000), ('i', 40), ('j', 24), ('k', 6), ('l', 5)))!;
        Assert.That(batch.Orders[^1]![^1].Extent, Is.EqualTo(40));
        Assert.That(s_family.CanRun(Plan("ij,jk->ik", ElementType.Float, ('i', 300), ('j', 8), ('k', 4))), Is.False);
        Assert.That(s_family.CanRun(Plan("ji,jkl->kil", ElementType.Float, ('i', 16), ('j', 20_000), ('k', 3), ('l', 4))), Is.False);
    }

    /// <summary>Of a result that is copied, columns are those that an operand has next to memory.</summary>
    [TestCase("bij,bjk->ikb", 3000, 17, 5, 6, 'k')]
    [TestCase("bji,bkj->ikb", 1000, 12, 14, 17, 'i')]
    [TestCase("bji,bjk->ikb", 1000, 14, 12, 20, 'k')]
    public void Columns_of_copied_results(string equation, int batch, int i, int j, int k, char columns)
    {
        var shape = TurnedShape.Of(Plan(equation, ElementType.Float, ('b', batch), ('i', i), ('j', j), ('k', k)))!;
        Assert.That(shape.Orders[^1]![^1].Extent, Is.EqualTo(columns == 'k' ? k : i));
    }

    /// <summary>A matrix times a vector is read as it lies: at most the vector and the result are copied.</summary>
    [TestCase("bij,jb->bi", 500, 40, 40)]
    [TestCase("bij,bj->ib", 500, 4, 16)]
    [TestCase("ijb,bj->bi", 500, 16, 12)]
    [TestCase("jbi,bj->ib", 500, 8, 8)]
    public void Matrices_that_are_read_once(string equation, int batch, int i, int j) =>
        Assert.That(TurnedShape.Of(Plan(equation, ElementType.Float, ('b', batch), ('i', i), ('j', j)))?.Orders[0], Is.Null);

    /// <summary>An operand that is the same element throughout each matrix, a view, has no order that could be another.</summary>
    [Test]
    public void Matrices_of_one_element([Values("bij,jkb->ikb", "bij,bjk->bik", "bij,jkb->kib")] string equation, [Values(4, 20)] int size, [Values(ElementType.Float, ElementType.Double)] ElementType element)
    {
        var plan = Plan(equation, element, ('b', 1000), ('i', size), ('j', size), ('k', size));
        plan = plan with { Loops = [.. plan.Loops.Select(loop => loop with { Strides = loop.Strides.SetItem(0, loop.Role == LoopRole.Batch ? 1 : 0) })] };
        PlanData.Check(plan, KernelFamilies.Create(plan, 512), new Random(28));
    }

    /// <summary>Columns that are neighbours along one loop in the operand and along another in the result: from memory, the result is copied where sums are more than one block of depth.</summary>
    [TestCase(1600, true)]
    [TestCase(400, false)]
    public void Long_sums_from_memory(int depth, bool isCopied)
    {
        var shape = TurnedShape.Of(Plan("ijk,jb->bki", ElementType.Float, ('b', 200), ('i', 60), ('j', depth), ('k', 200)));
        Assert.That(shape?.Orders[^1]?.Select(loop => loop.Extent), isCopied ? Is.EqualTo(new long[] { 200, 60, 200 }) : Is.Null);
        if (isCopied) Assert.That(shape!.Orders[^1]![^1].Strides[0], Is.EqualTo(1));
    }

    /// <summary>Blocks are small, or whole copies are: memory depends neither on the length of a row nor, per thread, on sizes.</summary>
    [TestCase("bij,bjk->ikb", 2, 2048, 2048, 2048)]
    [TestCase("ijb,jkb->ikb", 16, 1024, 1024, 1024)]
    [TestCase("bij,bj->ib", 3, 100_000, 1000, 1)]
    [TestCase("bij,kbj->bik", 5000, 5, 9, 6)]
    [TestCase("ij,ji,j->ij", 1, 1000, 1_000_000, 1)]
    [TestCase("ijk->kj", 1, 4, 16384, 16384)]
    [TestCase("bji,bkj->bik", 10_000, 16, 64, 16)]
    [TestCase("bji,bjk->bik", 2, 8, 16_384, 8)]
    [TestCase("bji,bjk->bik", 2, 8, 17_000, 8)]
    [TestCase("ij,jk->ik", 1, 3, 2_000_000, 4)]
    [TestCase("bkj,ij->kib", 100, 500, 50, 40_000)]
    [TestCase("jb,ji->bij", 10_000, 10_000, 2000, 1)]
    public void Copies_are_bounded(string equation, int batch, int i, int j, int k)
    {
        const double mostBlock = 1 << 20, mostWhole = 64 << 20;
        if (TurnedShape.Of(Plan(equation, ElementType.Float, ('b', batch), ('i', i), ('j', j), ('k', k))) is not { } shape) return;
        Assert.That(new TurnedCopies(shape).Bytes, Is.LessThan(shape.Cut is null ? mostWhole + 4096 : mostBlock + 4096));
    }

    /// <summary>Work for threads: blocks of a batch of few entries would be too few.</summary>
    [TestCase("bij,bjk->ikb", 2, 512, 512, 512)]
    [TestCase("bij,bj->ib", 3, 10_000, 1000, 1)]
    public void Few_blocks_are_one(string equation, int batch, int i, int j, int k) =>
        Assert.That(TurnedShape.Of(Plan(equation, ElementType.Float, ('b', batch), ('i', i), ('j', j), ('k', k)))?.Cut, Is.Null);

    [TestCase("bij,bjk->kib", 3000, 6, 20, 15)]
    [TestCase("jib,bjk->bik", 20_000, 31, 4, 3)]
    [TestCase("ijk->kj", 1, 60, 80, 900)]
    [TestCase("jb,kj->bk", 1000, 1, 494, 3)]
    [TestCase("jib,ib,bij->ijb", 60, 70, 80, 1)]
    [TestCase("jb,ji->bij", 100, 120, 80, 1)]
    [TestCase("bkj,ij->kib", 60, 100, 4, 90)]
    public void The_same_bits_on_any_number_of_threads(string equation, int batch, int i, int j, int k)
    {
        var (terms, random) = (equation.Split("->")[0].Split(','), new Random(24));
        var shapes = terms.Select(term => Shape.Create([.. term.Select(label => (long)(label switch { 'b' => batch, 'i' => i, 'j' => j, _ => k }))])).ToArray();
        var operands = shapes.Select(shape => new Operand<float>(Enumerable.Range(0, (int)shape.Aggregate(1L, (product, size) => product * size)).Select(_ => random.NextSingle() - 0.5f).ToArray(), shape)).ToArray();
        var results = new[] { 1, 2, 3 }.Select(threads => new EinsumEngine(new EinsumOptions { MaxThreads = threads, Backend = new CpuBackend() }).Eval<float>(equation, operands).ToArray()).ToArray();
        Assert.That(results[1], Is.EqualTo(results[0]));
        Assert.That(results[2], Is.EqualTo(results[0]));
    }

    [TestCase("bij,bjk->bik", 64, 8, 8, 8)]
    [TestCase("ijb,jkb->ikb", 64, 8, 8, 8)]
    [TestCase("ij,jk->ki", 1, 50, 50, 50)]
    [TestCase("bij,bj->b", 64, 8, 8, 1)]
    [TestCase("bij->ib", 64, 8, 300, 1)]
    [TestCase("jb,ijb->ib", 1242, 62, 80, 1)]
    [TestCase("bij,bj->bi", 10_000, 16, 16, 1)]
    [TestCase("ij,ij->j", 1, 80, 90, 1)]
    [TestCase("ij,ik->jki", 1, 3, 80, 90)]
    [TestCase("ij,kj->kij", 1, 30, 80, 90)]
    [TestCase("bij,bkj->bik", 16, 512, 64, 512)]
    [TestCase("ij,i,j->", 1, 80, 90, 1)]
    [TestCase("bij,bj->bi", 1000, 3, 24, 1)]
    [TestCase("bij,bjk->bik", 1302, 7, 13, 3)]
    [TestCase("ijb,bjk->bik", 4000, 5, 12, 16)]
    [TestCase("ijb,bjk->bik", 100, 20, 24, 16)]
    [TestCase("bik,ikjb->bjik", 58, 38, 76, 28)]
    [TestCase("ijbk,bjik->bjik", 100, 100, 16, 64)]
    public void What_runs_as_it_is(string equation, int batch, int i, int j, int k) =>
        Assert.That(s_family.CanRun(Plan(equation, ElementType.Float, ('b', batch), ('i', i), ('j', j), ('k', k))), Is.False);

    static KernelPlan Plan(string equation, ElementType element, params (char Label, int Size)[] sizes) =>
        EquationPlan.Canonical(equation, element, label => sizes.First(pair => pair.Label == label).Size);
}
