using System.Collections.Immutable;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>What nests are emitted for, and how their loops are scheduled.</summary>
[Parallelizable(ParallelScope.All)]
sealed class EmittedTests
{
    [Test]
    public void Runs_every_kind_of_numbers_that_vectors_hold([Values] ElementType element)
    {
        var generator = new PlanGenerator(3000 + (int)element);
        var family = new EmittedFamily();
        var vectors = element is not (ElementType.Half or ElementType.Complex or ElementType.Bool);
        for (var i = 0; i < 300; i++)
        {
            var plan = generator.Next(element);
            if (plan.Loops.Any(loop => loop.Extent == 0)) continue;
            Assert.That(family.CanRun(plan), Is.EqualTo(vectors && plan.Kind != KernelKind.Fill), plan.ToString);
        }
    }

    [TestCase("ij->i, free 3 (8 1), contracted 8 (1 0)", "free 3 (8 1), vector contracted 8 (1 0) by 1 x 8")]
    [TestCase("ij->j, free 100 (1 1), contracted 5 (100 0)", "contracted 5 (100 0), vector free 100 (1 1) by 4 x 16")]
    [TestCase("ij,j->ij, free 9 (20 0 20), free 20 (1 1 1)", "free 9 (20 0 20), vector free 20 (1 1 1) by 1 x 16")]
    [TestCase("ij,ij,j->i, free 9 (64 64 0 1), contracted 64 (1 1 1 0)", "free 9 (64 64 0 1), vector contracted 64 (1 1 1 0) by 4 x 16")]
    [TestCase("i->i, free 9 (2 3)", "vector free 9 (2 3) by 4 x 1")]
    [TestCase("->", "")]
    [TestCase("ijk,ijk,k->ij, free 3 (40000 40000 0 200), free 200 (200 200 0 1), contracted 2000 (1 1 1 0)",
        "around free 3 (40000 40000 0 200), free 200 (200 200 0 1), vector contracted 2000 (1 1 1 0) by 4 x 16")]
    public void Schedules(string nest, string schedule)
    {
        var loops = nest.Split(", ").Skip(1).Select(Parse).ToImmutableArray();
        var operands = Enumerable.Repeat(new KernelOperand(ElementType.Float), loops.IsEmpty ? 1 : loops[0].Strides.Length - 1).ToImmutableArray();
        var plan = new KernelPlan(KernelKind.NAry, operands, new(ElementType.Float), loops);
        Assert.That(NestSchedule.Make(plan, 512).ToString(), Is.EqualTo(schedule));
    }

    [Test]
    public void A_short_loop_outside_is_shared_together_with_the_next()
    {
        var plan = EquationPlan.Make("ijk,ijk,k->ij", ElementType.Float, label => label is 'i' ? 3 : label is 'j' ? 101 : 1001);
        Assert.That(NestSchedule.Make(plan, 512).Around, Is.Not.Null);
        PlanData.Check(plan, new EmittedFamily().Create(plan, 512), new Random(12));
    }

    static Loop Parse(string text)
    {
        var words = text.Split([' ', '(', ')'], StringSplitOptions.RemoveEmptyEntries);
        return new(long.Parse(words[1]), Enum.Parse<LoopRole>(words[0], ignoreCase: true), [.. words.Skip(2).Select(long.Parse)]);
    }
}
