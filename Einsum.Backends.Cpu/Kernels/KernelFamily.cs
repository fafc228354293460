namespace EinsumNet.Backends.Cpu;

/// <summary>A way to run some kernel plans; siblings are tried in the order of <see cref="KernelFamilies"/>, and tests can force each by name.</summary>
abstract class KernelFamily
{
    /// <summary>The name that plans print, such as <c>packed</c>.</summary>
    internal abstract string Name { get; }

    /// <summary>Whether this family is right for the plan.</summary>
    internal abstract bool CanRun(KernelPlan plan);

    /// <summary>Makes the kernel for vectors of <paramref name="simdBits"/> bits.</summary>
    internal abstract CpuKernel Create(KernelPlan plan, int simdBits);

    /// <summary>The kernel, or null where this family is not right for the plan.</summary>
    internal virtual CpuKernel? TryCreate(KernelPlan plan, int simdBits) => CanRun(plan) ? Create(plan, simdBits) : null;
}
