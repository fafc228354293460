using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Contractions whose sums are short and whose results are much more than the operands: these are copied in the result's order, which is written from end to end.</summary>
[Parallelizable(ParallelScope.All)]
sealed class ShortSumsTests
{
    static readonly TurnedFamily s_family = new();

    [Test]
    public void Rows_and_columns_of_many_loops([Values(ElementType.Float, ElementType.Double)] ElementType element, [Values(128, 256, 512)] int simdBits)
    {
        var (random, taken) = (new Random(31), 0);
        for (var turn = 0; turn < 400; turn++)
        {
            string rows = "abc"[..random.Next(1, 4)], columns = "def"[..random.Next(1, 4)], batch = random.Next(3) == 0 ? "g" : "", depth = random.Next(3) == 0 ? "hi" : "h";
            var sizes = "abcdefghi".ToDictionary(label => label, label => label >= 'h' ? random.Next(2, 5) : random.Next(2, 9));
            var equation = $"{Shuffle(rows + depth + batch)},{Shuffle(columns + depth + batch)}->{Shuffle(rows + columns + batch)}";
            var plan = EquationPlan.Canonical(equation, element, label => sizes[label]);
            if (TurnedShape.Of(plan) is not { Cut: null } shape || shape.Orders[^1] is not null) continue;
            taken++;
            PlanData.Check(plan, s_family.Create(plan, simdBits), random);
        }
        Assert.That(taken, Is.GreaterThan(5));

        string Shuffle(string labels) => new([.. labels.OrderBy(_ => random.Next())]);
    }

    /// <summary>Blocks of rows e and columns b around those of register tiles, among loops of either operand and of a batch.</summary>
    [Test]
    public void Blocks_of_any_size(
        [Values("egc,fdbg->fcdeb", "gec,bdgf->cfdeb", "hgec,dhbg->chdeb")] string equation, [Values(ElementType.Float, ElementType.Double)] ElementType element, [Values(128, 256, 512)] int simdBits)
    {
        var taken = 0;
        foreach (var (rows, columns) in new[] { (4, 16), (5, 13), (7, 17), (8, 8), (9, 9), (16, 5), (17, 33), (23, 4) })
        {
            var plan = EquationPlan.Canonical(equation, element, label => label switch { 'e' => rows, 'b' => columns, 'g' => 3, 'h' => 4, _ => 7 });
            if (TurnedShape.Of(plan) is not { } shape || shape.Orders[^1] is not null) continue;
            taken++;
            PlanData.Check(plan, s_family.Create(plan, simdBits), new Random(32));
        }
        Assert.That(taken, Is.GreaterThan(3));
    }

    /// <summary>Blocks of y that are neighbours as they are need no copies.</summary>
    [Test]
    public void Blocks_in_place([Values("egc,fdgb->fcdeb", "hgec,dhgb->chdeb", "cge,dhgb->hcdeb")] string equation, [Values(ElementType.Float, ElementType.Double)] ElementType element, [Values(128, 256, 512)] int simdBits)
    {
        foreach (var (rows, columns) in new[] { (4, 16), (5, 13), (7, 17), (8, 8), (9, 9), (16, 5), (17, 33), (23, 4) })
        {
            var plan = EquationPlan.Canonical(equation, element, label => label switch { 'e' => rows, 'b' => columns, 'g' => 3, 'h' => 4, _ => 7 });
            var family = new DirectFamily();
            Assert.That(family.CanRun(plan), plan.ToString());
            PlanData.Check(plan, family.Create(plan, simdBits), new Random(33));
        }
    }

    /// <summary>Both operands are copied, and what is left is done in place.</summary>
    [TestCase("egad,fgbc->cdfaeb", 8, true)]
    [TestCase("egad,fgbc->cdfaeb", 64, false)]
    [TestCase("egad,fgbc->cdfaeb", 30, true)]
    [TestCase("egad,fgbc->cdfaeb", 40, false)]
    [TestCase("egad,fgbc->ecdfab", 8, true)]
    [TestCase("egad,fgbc->ebcdfa", 8, true)]
    [TestCase("egad,fgbc->cfbead", 8, false)]
    public void In_the_order_of_the_result(string equation, int terms, bool isCopied)
    {
        var plan = EquationPlan.Canonical(equation, ElementType.Float, label => label switch { 'g' => terms, 'e' => 16, _ => 12 });
        var shape = TurnedShape.Of(plan);
        if (!isCopied)
        {
            Assert.That(shape is { Cut: null } && shape.Orders is [not null, not null, null], Is.False);
            return;
        }
        Assert.That(shape!.Orders[^1], Is.Null);
        Assert.That(shape.Orders[..2], Has.None.Null);
        Assert.That(shape.Cut, Is.Null);
        Assert.That(new DirectFamily().CanRun(shape.Inner(1)));
    }

    /// <summary>A result whose rows have gaps, and operands that are repeated along an axis or have gaps.</summary>
    [Test]
    public void Views([Values("egad,fgbc->cdfaeb", "gec,bdgf->cfdeb", "bkj,ij->kib")] string equation, [Values(0, 1, 2)] int tensor, [Values(0, 2)] int factor, [Values(ElementType.Float, ElementType.Double)] ElementType element)
    {
        if (tensor == 2 && factor == 0) return;
        var plan = EquationPlan.Canonical(equation, element, label => label switch { 'g' or 'j' => 3, 'i' => 70, 'e' or 'b' => 9, _ => 7 });
        Assert.That(s_family.CanRun(plan), plan.ToString());
        for (var place = 0; place < plan.Loops.Length; place++)
        {
            if (plan.Loops[place].Strides[tensor] is 0 or 1) continue;
            var (from, changed) = (plan.Loops[place].Strides[tensor], place);
            var loops = plan.Loops.Select((loop, i) => factor == 0 && i != changed ? loop : loop with { Strides = loop.Strides.SetItem(tensor, loop.Strides[tensor] >= from ? loop.Strides[tensor] * factor : loop.Strides[tensor]) });
            var view = plan with { Loops = [.. loops] };
            PlanData.Check(view, KernelFamilies.Create(view, 512), new Random(35));
        }
    }
}
