using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>Questions about lists of offsets.</summary>
static unsafe class Offsets
{
    /// <summary>Whether each offset is one more than the one before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AreNeighbours(nint* offsets, int count) => HaveStride(offsets, count, 1);

    /// <summary>Whether each offset is <paramref name="stride"/> more than the one before it.</summary>
    internal static bool HaveStride(nint* offsets, int count, nint stride)
    {
        for (var i = 1; i < count; i++)
            if (offsets[i] - offsets[i - 1] != stride) return false;

        return true;
    }
}
