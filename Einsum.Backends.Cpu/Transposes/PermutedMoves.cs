using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary>Copies that are made by permutations of vectors, where rectangles are so short that they would take longer.</summary>
static unsafe class PermutedMoves
{
    /// <summary>
    /// In the time of so many steps of a permutation a rectangle of few elements is turned, a row copied, an element copied where there are no neighbours. A step takes 0.9 to 1.3 ns, and a rectangle
    /// from 7 to 24 (Zen 5).
    /// </summary>
    const double RectangleSteps = 12, RowSteps = 0.75, ElementSteps = 0.25;

    /// <summary>Tables for less would take longer to make than many copies.</summary>
    const long LeastBytes = 1 << 10;

    /// <summary>Few rows at a time take longer, each.</summary>
    const double RowOfFewSteps = 1.25, FewRows = 16;

    /// <summary>Null where vectors would be put together from too many, or runs of the result are shorter than a vector.</summary>
    internal static CpuKernel? TryCreate(KernelPlan plan, Rectangle? rectangle, int simdBits, LastCache cache)
    {
        var steps = rectangle switch
        {
            null => ElementSteps,
            { KeepsRows: true } => (rectangle.Rows?.Extent < FewRows ? RowOfFewSteps : RowSteps) / rectangle.Columns.Extent,
            _ => RectangleSteps / (rectangle.Rows!.Extent * rectangle.Columns.Extent),
        };
        var size = plan.Element.Size();
        // Each vector takes a step at least.
        if (plan.Iterations * size < LeastBytes || steps * simdBits < 8 * size) return null;
        return Math.Min(simdBits, 8 * Permutation.RunBytes(plan)) switch
        {
            >= 512 when size == 1 && Permute512<byte>.IsSupported => TryCreate<Vector512<byte>, Permute512<byte>>(plan, steps, cache),
            >= 512 when size == 2 && Permute512<ushort>.IsSupported => TryCreate<Vector512<byte>, Permute512<ushort>>(plan, steps, cache),
            >= 512 when size >= 4 && Permute512<uint>.IsSupported => TryCreate<Vector512<byte>, Permute512<uint>>(plan, steps, cache),
            >= 256 when size >= 4 && Permute256.IsSupported => TryCreate<Vector256<byte>, Permute256>(plan, steps, cache),
            >= 128 when Permute128.IsSupported => TryCreate<Vector128<byte>, Permute128>(plan, steps, cache),
            _ => null,
        };
    }

    static CpuKernel? TryCreate<V, TPermute>(KernelPlan plan, double steps, LastCache cache) where V : unmanaged where TPermute : struct, IPermute<V>
    {
        if (Permutation.Of<V, TPermute>(plan, steps) is not { } permutation) return null;
        CpuKernel cached = new PermutedMoveKernel<V, TPermute, CachedStore>(plan, permutation);
        return !cache.Holds(2.0 * plan.Iterations * plan.Element.Size()) && sizeof(V) == Lines.Bytes && permutation.Run.KeepsLines(plan)
            ? new ByAlignment(new PermutedMoveKernel<V, TPermute, StreamingStore>(plan, permutation), cached) : cached;
    }
}
