namespace EinsumNet.Backends.Gpu;

/// <summary>The families in order of preference; the last one runs everything.</summary>
static class GpuFamilies
{
    internal static readonly GpuFamily[] All =
    [
        new FillFamily(),
        new TransposeFamily(),
        new TiledFamily(),
        new RowsFamily(),
        new ColumnsFamily(),
        new NestFamily(),
    ];

    internal static GpuFamily For(KernelPlan plan, EmitTarget target) => target.Options.Family is { } name
        ? All.Single(family => family.Name == name)
        : All.First(family => family.CanRun(plan, target) && family.Suits(plan, target));
}
