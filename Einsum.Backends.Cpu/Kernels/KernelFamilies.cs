namespace EinsumNet.Backends.Cpu;

/// <summary>The families in order of preference; the last one runs everything.</summary>
static class KernelFamilies
{
    internal static readonly KernelFamily[] All =
    [
        new SumsFamily(),
        new LanesFamily(),
        new DirectFamily(),
        new PackedFamily(),
        new SplitSumFamily(),
        new TransposeFamily(),
        new ConvertFamily(),
        new RowsFamily(),
        new DotFamily(),
        new ColumnsFamily(),
        new ProductFamily(),
        new EmittedFamily(),
        new NestFamily(),
    ];

    static readonly KernelFamily[] s_anySizes = [.. All.Where(family => family is not EmittedFamily)];

    internal static KernelFamily For(KernelPlan plan) => All.First(family => family.CanRun(plan));

    /// <summary>The family whose kernels are compiled once for all sizes and strides.</summary>
    internal static KernelFamily ForAnySizes(KernelPlan plan) => s_anySizes.First(family => family.CanRun(plan));
}
