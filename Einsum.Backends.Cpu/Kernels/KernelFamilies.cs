namespace EinsumNet.Backends.Cpu;

/// <summary>The families in order of preference; the last one runs everything.</summary>
static class KernelFamilies
{
    internal static readonly KernelFamily[] All =
    [
        new PartsFamily(),
        new SquaresFamily(),
        new TurnedFamily(),
        new SumsFamily(),
        new ThinFamily(),
        new LanesFamily(),
        new DirectFamily(),
        new SplitSumFamily(),
        new PackedFamily(),
        new TransposeFamily(),
        new ConvertFamily(),
        new RowsFamily(),
        new DotFamily(),
        new ColumnsFamily(),
        new ProductFamily(),
        new EmittedFamily(),
        new ComplexFamily(),
        new NestFamily(),
    ];

    internal static KernelFamily For(KernelPlan plan) => All.First(family => family.CanRun(plan));

    /// <summary>The kernel of the family that <see cref="For"/> gives.</summary>
    internal static CpuKernel Create(KernelPlan plan, int simdBits)
    {
        foreach (var family in All)
            if (family.TryCreate(plan, simdBits) is { } kernel) return kernel;
        throw new InvalidOperationException($"No family runs '{plan}'.");
    }

    /// <summary>The kernel of the first family but the one that copies tensors into another order of their axes.</summary>
    internal static CpuKernel CreateInPlace(KernelPlan plan, int simdBits)
    {
        foreach (var family in All)
            if (family is not TurnedFamily && family.TryCreate(plan, simdBits) is { } kernel) return kernel;
        throw new InvalidOperationException($"No family runs '{plan}'.");
    }

    /// <summary>A kernel whose code is compiled once for all sizes and strides; <paramref name="isGeneral"/> is set where one emitted for these would be preferred.</summary>
    internal static CpuKernel CreateForAnySizes(KernelPlan plan, int simdBits, ref bool isGeneral)
    {
        foreach (var family in All)
        {
            // What copies tensors into another order has kernels for its sizes alone, and finding out whether it pays would take longer than many members of a list.
            if (family is TurnedFamily) continue;
            if (family is PartsFamily)
            {
                if (plan.Element == ElementType.Complex && CreateParts(plan, simdBits, ref isGeneral) is { } parts) return parts;
                continue;
            }
            if (family is EmittedFamily) isGeneral |= family.CanRun(plan);
            else if ((family is SplitSumFamily ? SplitSumFamily.ForLists : family).TryCreate(plan, simdBits) is { } kernel) return kernel;
        }
        throw new InvalidOperationException($"No family runs '{plan}'.");
    }

    static CpuKernel? CreateParts(KernelPlan plan, int simdBits, ref bool isGeneral)
    {
        var isProductGeneral = false;
        var kernel = new PartsFamily((product, bits) => CreateForAnySizes(product, bits, ref isProductGeneral)).TryCreate(plan, simdBits);
        isGeneral |= isProductGeneral;
        return kernel;
    }
}
