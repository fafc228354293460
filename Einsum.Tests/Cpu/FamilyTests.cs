using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Every family on every plan that it says it can run, against the naive loop.</summary>
[Parallelizable(ParallelScope.All)]
sealed class FamilyTests
{
    static readonly int[] s_widths = [128, 256, 512];

    static IEnumerable<string> Families => KernelFamilies.All.Select(family => family.Name);

    [Test]
    public void Random_plans([ValueSource(nameof(Families))] string name, [Values] ElementType element)
    {
        var (family, random) = (Family(name), new Random(1));
        var generator = new PlanGenerator((int)element);
        for (var i = 0; i < 300; i++)
        {
            var plan = generator.Next(element);
            if (family.CanRun(plan)) PlanData.Check(plan, family.Create(plan, s_widths[i % s_widths.Length]), random);
        }
    }

    [Test]
    public void Nan_and_infinity_propagate([ValueSource(nameof(Families))] string name,
        [Values(ElementType.Float, ElementType.Double, ElementType.Half)] ElementType element)
    {
        var (family, random) = (Family(name), new Random(2));
        var generator = new PlanGenerator(1000 + (int)element);
        for (var i = 0; i < 200; i++)
        {
            var plan = generator.Next(element);
            if (family.CanRun(plan)) PlanData.Check(plan, family.Create(plan, s_widths[i % s_widths.Length]), random, special: true);
        }
    }

    [Test]
    public void The_last_family_runs_everything([Values] ElementType element)
    {
        var generator = new PlanGenerator(2000 + (int)element);
        Assert.That(Enumerable.Range(0, 500).Select(_ => generator.Next(element)).All(KernelFamilies.All[^1].CanRun));
    }

    static KernelFamily Family(string name) => KernelFamilies.All.Single(family => family.Name == name);
}
