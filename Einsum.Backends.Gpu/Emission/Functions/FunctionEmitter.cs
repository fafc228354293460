using System.Collections.Immutable;
using EinsumNet.Functions;

namespace EinsumNet.Backends.Gpu;

/// <summary>From a kernel of a traced function to launches. Sizes are constants of the text: a function is compiled for each list of shapes anyway.</summary>
static class FunctionEmitter
{
    /// <summary>The launches, and for each the numbers of the buffers that are its parameters; none where a loop over points is empty.</summary>
    /// <exception cref="EinsumException">The kernel has doubles or Complex, which the device has not (EIN0705).</exception>
    internal static ImmutableArray<FunctionKernel> Emit(Kernel kernel, EmitTarget target)
    {
        CheckElements(kernel, target.Limits);
        if (kernel.Free.Contains(0)) return [];
        if (PrefixKernel.TryEmit(kernel, target) is { } scan) return scan;
        if (LaneKernel.Lanes(kernel, target.Limits) is > 1 and var lanes) return [LaneKernel.Emit(kernel, lanes, target)];
        return [PointKernel.Emit(kernel, target)];
    }

    static void CheckElements(Kernel kernel, DeviceLimits limits)
    {
        if (limits.HasDouble) return;
        foreach (var element in kernel.Nodes.Select(expr => expr.Element))
            if (element is ElementType.Double or ElementType.Complex) throw GpuErrors.ElementType(limits.Name, element);
    }
}

/// <summary>One launch of a kernel of a traced function.</summary>
/// <param name="Emitted">The kernel.</param>
/// <param name="Buffers">The number of the buffer that each of its parameters is, with the bytes of an element.</param>
sealed record FunctionKernel(EmittedKernel Emitted, ImmutableArray<(int Buffer, int ElementBytes)> Buffers)
{
    /// <summary>The number of the buffer where failed divisions are told.</summary>
    internal const int Faults = -1;

    internal static FunctionKernel Of(NestCode code, EmittedKernel emitted) =>
        new(emitted, [.. code.Arrays.Select((array, i) => (i < code.Buffers.Length ? code.Buffers[i] : Faults, array.Element.Size()))]);
}
