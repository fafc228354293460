namespace EinsumNet.Backends.Cpu;

/// <summary>
/// Sees a few neighbouring elements that stay together as one element of up to 16 bytes:
/// <c>float a[i,j,2] -> out[j,i,2]  --->  double a[i,j] -> out[j,i]</c>.
/// </summary>
static class Widening
{
    internal static KernelPlan Apply(KernelPlan plan)
    {
        var together = plan.Loops.FirstOrDefault(loop => loop.Strides is [1, 1]);
        if (together is null || Wide(plan.Element.Size() * together.Extent) is not { } element) return plan;
        var rest = plan.Loops.Remove(together);
        if (rest.Any(loop => loop.Strides.Any(stride => stride % together.Extent != 0))) return plan;
        return plan with
        {
            Operands = [new(element)],
            Result = new(element),
            Loops = [.. rest.Select(loop => loop with { Strides = [.. loop.Strides.Select(stride => stride / together.Extent)] })],
        };
    }

    /// <summary>Any type of so many bytes.</summary>
    static ElementType? Wide(long bytes) => bytes switch
    {
        2 => ElementType.UShort,
        4 => ElementType.UInt,
        8 => ElementType.ULong,
        16 => ElementType.Complex,
        _ => null,
    };
}
