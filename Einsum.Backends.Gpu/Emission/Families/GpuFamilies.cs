namespace EinsumNet.Backends.Gpu;

/// <summary>The families in order of preference; the last one runs everything.</summary>
static class GpuFamilies
{
    internal static readonly GpuFamily[] All =
    [
        new FillFamily(),
        new TransposeFamily(),
        new WgmmaFamily(),
        new MmaFamily(),
        new TiledFamily(),
        new RowsFamily(),
        new ColumnsFamily(),
        new NestFamily(),
    ];

    /// <summary>The most iterations of a plan that runs sooner than its launch is over, whichever kernel it is: it gets the one that most plans share.</summary>
    const double Small = 1 << 15;

    internal static bool IsSmall(KernelPlan plan) => plan.Iterations <= Small;

    internal static GpuFamily For(KernelPlan plan, EmitTarget target) => target.Options.Family is { } name
        ? All.Single(family => family.Name == name)
        : All.First(family => family.CanRun(plan, target) && (IsSmall(plan) ? family is FillFamily or NestFamily : family.Suits(plan, target)));
}
