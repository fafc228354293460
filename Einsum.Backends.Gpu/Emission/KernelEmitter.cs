using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>From a kernel plan to source text and launches, in order; the plan has no empty loop but contracted ones.</summary>
static class KernelEmitter
{
    internal static ImmutableArray<EmittedKernel> Emit(KernelPlan plan, DeviceLimits limits, KernelDialect dialect) => [NestEmitter.Emit(plan, limits, dialect)];

    /// <summary>The name of the family, as plans print it.</summary>
    internal static string Describe(KernelPlan plan) => "nest";
}
