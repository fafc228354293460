using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>Questions about lists of offsets.</summary>
static unsafe class Offsets
{
    /// <summary>Whether each offset is one more than the one before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AreNeighbours(nint* offsets, int count) => HaveStride(offsets, count, 1);

    /// <summary>Whether each offset is <paramref name="stride"/> more than the one before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static bool HaveStride(nint* offsets, int count, nint stride)
    {
        for (var i = 1; i < count; i++)
            if (offsets[i] - offsets[i - 1] != stride) return false;

        return true;
    }

    /// <summary>Whether each offset is a multiple of <paramref name="unit"/>, a power of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static bool AreMultiples(nint* offsets, int count, int unit)
    {
        nint bits = 0;
        for (var i = 0; i < count; i++) bits |= offsets[i];
        return (bits & (unit - 1)) == 0;
    }

    /// <summary>How many of the offsets, from the first one on, are neighbours.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int Run(nint* offsets, int count)
    {
        var run = 1;
        while (run < count && offsets[run] - offsets[run - 1] == 1) run++;
        return run;
    }
}
