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
        new DotFamily(),
        new RowsFamily(),
        new ColumnsFamily(),
        new ProductFamily(),
        new EmittedFamily(),
        new NestFamily(),
    ];

    static readonly KernelFamily[] s_anySizes = [.. All.Where(family => family is not EmittedFamily)];

    internal static KernelFamily For(KernelPlan plan) => All.First(family => family.CanRun(plan));

    /// <summary>The kernel of the family that <see cref="For"/> gives.</summary>
    internal static CpuKernel Create(KernelPlan plan, int simdBits) => Create(All, plan, simdBits);

    /// <summary>A kernel whose code is compiled once for all sizes and strides.</summary>
    internal static CpuKernel CreateForAnySizes(KernelPlan plan, int simdBits) => Create(s_anySizes, plan, simdBits);

    static CpuKernel Create(KernelFamily[] families, KernelPlan plan, int simdBits)
    {
        foreach (var family in families)
            if (family.TryCreate(plan, simdBits) is { } kernel) return kernel;
        throw new InvalidOperationException($"No family runs '{plan}'.");
    }
}
