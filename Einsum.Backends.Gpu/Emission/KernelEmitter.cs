using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>From a kernel plan to source text and launches, in order; the plan has no empty loop but contracted ones.</summary>
static class KernelEmitter
{
    internal static ImmutableArray<EmittedKernel> Emit(KernelPlan plan, DeviceLimits limits, KernelDialect dialect) => Emit(plan, limits, dialect, EmitOptions.Default);

    internal static ImmutableArray<EmittedKernel> Emit(KernelPlan plan, DeviceLimits limits, KernelDialect dialect, EmitOptions options)
    {
        var target = new EmitTarget(limits, dialect, options);
        var kernels = GpuFamilies.For(plan, target).Emit(plan, KernelView.Of(plan), target);
        // What does not fit among the parameters becomes constants of the text.
        return options.Specialise || kernels.All(kernel => kernel.ParameterBytes <= limits.MaxParameterBytes) ? kernels : Emit(plan, limits, dialect, options with { Specialise = true });
    }

    /// <summary>The name of the family, as plans print it.</summary>
    internal static string Describe(KernelPlan plan, DeviceLimits limits, KernelDialect dialect, EmitOptions options) =>
        GpuFamilies.For(plan, new EmitTarget(limits, dialect, options)).Name;

    /// <summary>Whether the plan's family multiplies on tensor cores.</summary>
    internal static bool IsOnTensorCores(KernelPlan plan, DeviceLimits limits, KernelDialect dialect, EmitOptions options) => GpuFamilies.For(plan, new EmitTarget(limits, dialect, options)) is MmaFamily or WgmmaFamily;

    /// <summary>The tiles to choose from, the one that is taken unless told otherwise first; none where the plan's family has none.</summary>
    internal static ImmutableArray<TileShape> Tiles(KernelPlan plan, DeviceLimits limits, KernelDialect dialect, EmitOptions options)
    {
        var target = new EmitTarget(limits, dialect, options);
        return GpuFamilies.For(plan, target).Tiles(plan, target);
    }

    /// <summary>Over how many groups the sums of a tile can be split, what is taken unless told otherwise first.</summary>
    internal static ImmutableArray<int> Splits(KernelPlan plan, TileShape tile, DeviceLimits limits, KernelDialect dialect, EmitOptions options)
    {
        var target = new EmitTarget(limits, dialect, options);
        return GpuFamilies.For(plan, target).Splits(plan, tile, target);
    }
}
