namespace EinsumNet.Backends.Gpu;

/// <summary>Refuses plans of element types that a device cannot compute with.</summary>
static class DeviceLacks
{
    internal static void Check(KernelPlan plan, DeviceLimits limits)
    {
        foreach (var element in plan.Operands.Select(operand => operand.Element).Append(plan.Element))
        {
            if (element is ElementType.Double or ElementType.Complex && !limits.HasDouble) throw GpuErrors.Lacks(limits.Name, "64-bit floating point", element);
            if (element is ElementType.Long or ElementType.ULong or ElementType.NInt && !limits.HasLong) throw GpuErrors.Lacks(limits.Name, "64-bit integers", element);
        }
    }
}
