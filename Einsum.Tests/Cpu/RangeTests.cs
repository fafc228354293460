using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Large plans: split over threads, the same bits for any number of them, and cancelled between stretches.</summary>
sealed class RangeTests
{
    static readonly string[] s_families = ["dot", "rows", "columns", "product", "transpose", "emitted", "nest"];

    [TestCaseSource(nameof(s_families))]
    public void The_number_of_threads_does_not_change_a_bit(string name)
    {
        var (kernel, run) = Large(name);
        run.Run(kernel, new(1, CancellationToken.None));
        var alone = run.Result.ToArray();
        run.Run(kernel, new(4, CancellationToken.None));
        Assert.That(run.Result.AsSpan().SequenceEqual(alone));
    }

    [TestCaseSource(nameof(s_families))]
    public void Cancels(string name)
    {
        var (kernel, run) = Large(name);
        Assert.Throws<OperationCanceledException>(() => run.Run(kernel, new(2, new CancellationToken(canceled: true))));
        Assert.That(Enumerable.Range(0, run.Result.Length).All(run.IsUntouched));
    }

    static (CpuKernel, PlanRun<float, float>) Large(string name)
    {
        var equation = name switch { "dot" => "bi,bi->b", "rows" => "ij,j->i", "columns" => "ij,i->j", "product" => "ij,j->ij", _ => "ij->ji" };
        var family = KernelFamilies.All.Single(family => family.Name == name);
        var plan = EquationPlan.Make(equation, ElementType.Float, label => label is 'j' ? 9001 : 300);
        return (family.Create(plan, SimdWidth.Bits), new(plan, new Random(7).NextSingle));
    }
}
