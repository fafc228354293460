namespace EinsumNet.Backends.Cpu;

/// <summary>The families in order of preference; the last one runs everything.</summary>
static class KernelFamilies
{
    internal static readonly KernelFamily[] All =
    [
        new PackedFamily(),
        new SplitSumFamily(),
        new TransposeFamily(),
        new ConvertFamily(),
        new DotFamily(),
        new RowsFamily(),
        new ColumnsFamily(),
        new ProductFamily(),
        new EmittedFamily(),
        new NestFamily(),
    ];

    internal static KernelFamily For(KernelPlan plan) => All.First(family => family.CanRun(plan));
}
