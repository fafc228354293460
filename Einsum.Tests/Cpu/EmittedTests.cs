using System.Collections.Immutable;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>What nests are emitted for, and how their loops are scheduled.</summary>
[Parallelizable(ParallelScope.All)]
sealed class EmittedTests
{
    [Test]
    public void Runs_every_kind_of_numbers_that_vectors_hold_and_halves([Values] ElementType element)
    {
        var generator = new PlanGenerator(3000 + (int)element);
        var family = new EmittedFamily();
        var vectors = element is not (ElementType.Complex or ElementType.Bool);
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

    /// <summary>What whole vectors leave over of sums and of results, NaN and infinities among what is not to be counted twice.</summary>
    [Test]
    public void Every_length_of_a_vectorised_loop([Values("i->", "i,i->", "ij,j,j->i", "ij->j", "ij,i,j->j")] string equation,
        [Values(ElementType.Byte, ElementType.Short, ElementType.Half, ElementType.Float, ElementType.Double, ElementType.NInt)] ElementType element, [Values(128, 256, 512)] int simdBits)
    {
        var (family, random) = (new EmittedFamily(), new Random(13));
        var vectorised = equation.Contains('j') ? 'j' : 'i';
        for (var length = 1; length < 70; length++)
        {
            var plan = EquationPlan.Make(equation, element, label => label == vectorised ? length : 3);
            PlanData.Check(plan, family.Create(plan, simdBits), random, special: true);
        }
    }

    [Test]
    public void A_range_that_ends_with_less_than_a_vector()
    {
        var plan = EquationPlan.Make("ij,ij->j", ElementType.Float, label => label is 'i' ? 3001 : 1003);
        var kernel = new EmittedFamily().Create(plan, 512);
        PlanData.Check(plan, kernel, new Random(14));
    }

    static Loop Parse(string text)
    {
        var words = text.Split([' ', '(', ')'], StringSplitOptions.RemoveEmptyEntries);
        return new(long.Parse(words[1]), Enum.Parse<LoopRole>(words[0], ignoreCase: true), [.. words.Skip(2).Select(long.Parse)]);
    }
}
