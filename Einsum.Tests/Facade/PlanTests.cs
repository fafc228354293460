using System.Text.RegularExpressions;

namespace EinsumNet.Tests.Facade;

/// <summary>What a plan tells.</summary>
sealed partial class PlanTests
{
    [Test]
    public void The_table()
    {
        var table = Einsum.Plan("ij,jk,kl->il", [10, 20], [20, 30], [30, 4]).ToString();
        Assert.That(AnyKernel().Replace(table, "$1  "), Is.EqualTo(
            """
            equation   ij,jk,kl->il   double on cpu
            shapes     [10, 20] [20, 30] [30, 4] -> [10, 4]
            path       (1, 2), (0, 1)   by auto: optimal
            cost       6400 flops, 8960 bytes moved, largest intermediate 80 elements, workspace 640 bytes
            step          contraction  sizes          flops  result  kernel  vmap form
            %3 = %1 %2    jk,kl->jl    j=20 k=30 l=4  4800   80      contraction:  vmap(vmap(dot, (0, null), 0), (null, 1), 1)
            %out = %0 %3  ij,jl->il    i=10 j=20 l=4  1600   40      contraction:  vmap(vmap(dot, (0, null), 0), (null, 1), 1)

            """));
    }

    [Test]
    public void The_cost_of_a_product()
    {
        var plan = Einsum.Plan<float>("ij,jk->ik", [10, 20], [20, 30]);
        Assert.That(plan.Cost, Is.EqualTo(new EinsumCost(2 * 10 * 20 * 30, 300, 4 * (200 + 600 + 300))));
        Assert.That(plan.Steps.Single().Contraction, Is.EqualTo("ij,jk->ik"));
        Assert.That(plan.Steps.Single().Term, Is.EqualTo("vmap(vmap(dot, (0, null), 0), (null, 1), 1)"));
    }

    [Test]
    public void The_cost_of_what_sums_or_multiplies_nothing()
    {
        Assert.That(Einsum.Plan("ij->ji", [10, 20]).Cost, Is.EqualTo(new EinsumCost(0, 200, 3200)));
        Assert.That(Einsum.Plan("ij->", [10, 20]).Cost, Is.EqualTo(new EinsumCost(200, 1, 1608)));
        Assert.That(Einsum.Plan("i,i->i", [10], [10]).Cost, Is.EqualTo(new EinsumCost(10, 10, 240)));
        Assert.That(Einsum.Plan("i->i", [0]).Cost, Is.EqualTo(new EinsumCost(0, 0, 0)));
    }

    [Test]
    public void Every_label_that_was_broadcast()
    {
        Assert.That(Einsum.Plan("ij,jk->ik", [10, 1], [20, 30]).Broadcast, Is.EqualTo(new[] { "j" }));
        Assert.That(Einsum.Plan("[a b],[b c]->[a c]", [1, 20], [20, 30]).Broadcast, Is.Empty);
        Assert.That(Einsum.Plan("...i,...i->...", [4, 1], [5, 1, 3]).Broadcast, Is.EquivalentTo(new[] { "i", "...1" }));
    }

    [Test]
    public void The_shape_of_the_result()
    {
        Assert.That(Einsum.Plan("ij,jk->ki", [10, 20], [20, 30]).ResultShape, Is.EqualTo(Shape.Create([30, 10])));
        Assert.That(Einsum.Plan("ij,ij->", [10, 20], [10, 20]).ResultShape, Is.EqualTo(new Shape()));
    }

    [Test]
    public void Equal_questions_get_the_same_plan()
    {
        var plan = Einsum.Plan("ab,bc->ac", [11, 12], [12, 13]);
        Assert.That(Einsum.Plan("ab,bc->ac", [11, 12], [12, 13]), Is.SameAs(plan));
        Assert.That(plan, Is.Not.SameAs(Einsum.Plan<float>("ab,bc->ac", [11, 12], [12, 13])));
    }

    [Test]
    public void Sizes_that_no_machine_holds_are_planned_or_refused_but_never_wrong()
    {
        var plan = Einsum.Plan("ij,jk->ik", [1L << 30, 1L << 20], [1L << 20, 1L << 28]);
        Assert.That(plan.Cost.Flops, Is.EqualTo(Math.Pow(2, 79)));
        Assert.That(() => Einsum.Plan("i,j->ij", [1L << 40], [1L << 40]).ToString(), Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo("EIN0210"));
        Assert.That(() => Einsum.Plan("ij,jk->ik", [1L << 40, 3], [3, 1L << 40]).ToString(), Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo("EIN0210"));
    }

    /// <summary>The kernel is the backend's business.</summary>
    [GeneratedRegex(@"(kernel|contraction:) .*?(?=vmap)")]
    private static partial Regex AnyKernel();
}
