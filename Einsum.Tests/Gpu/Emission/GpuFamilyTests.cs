using EinsumNet.Backends.Gpu;
using EinsumNet.Tests.Cpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>Every family on every random plan that it says it can run, interpreted, against the naive loop.</summary>
[Parallelizable(ParallelScope.All)]
sealed class GpuFamilyTests
{
    const int Plans = 60;

    static IEnumerable<string> Families => GpuFamilies.All.Select(family => family.Name);

    [Test]
    public void Random_plans([ValueSource(nameof(Families))] string name, [Values] ElementType element)
    {
        var (random, generator) = (new Random(1), new PlanGenerator(2000 + (int)element));
        var options = new EmitOptions(Family: name, Specialise: (int)element % 2 == 0);
        var target = new EmitTarget(Limits.Card, KernelDialect.OpenCL, options);
        var family = GpuFamilies.All.Single(family => family.Name == name);
        for (var i = 0; i < Plans; i++)
        {
            var plan = generator.Next(element);
            if (family.CanRun(plan, target)) PlanData.Check(plan, new PlanInterpreted(plan, Limits.Card, KernelDialect.OpenCL, options), random, special: i % 10 == 0);
        }
    }
}
