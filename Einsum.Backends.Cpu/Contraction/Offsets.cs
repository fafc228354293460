using System.Numerics;
using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>Lists of offsets, and questions about them. Blocks are short beside their lists where products have few rows and columns, so vectors are used.</summary>
static unsafe class Offsets
{
    /// <summary>Writes <paramref name="first"/>, <paramref name="first"/> + <paramref name="stride"/>, and so on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Write(nint first, nint stride, int count, nint* offsets)
    {
        var i = 0;
        if (count >= Vector<nint>.Count)
        {
            var next = Vector.CreateSequence(first, stride);
            var step = Vector.Create(Vector<nint>.Count * stride);
            for (; i <= count - Vector<nint>.Count; i += Vector<nint>.Count, next += step) Vector.Store(next, offsets + i);
        }
        for (; i < count; i++) offsets[i] = first + i * stride;
    }

    /// <summary>Whether each offset is one more than the one before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AreNeighbours(nint* offsets, int count) => HaveStride(offsets, count, 1);

    /// <summary>Whether each offset is <paramref name="stride"/> more than the one before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static bool HaveStride(nint* offsets, int count, nint stride)
    {
        var i = 1;
        var strides = Vector.Create(stride);
        for (; i <= count - Vector<nint>.Count; i += Vector<nint>.Count)
            if (Vector.Load(offsets + i) - Vector.Load(offsets + i - 1) != strides) return false;
        for (; i < count; i++)
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
        while (run <= count - Vector<nint>.Count && Vector.Load(offsets + run) - Vector.Load(offsets + run - 1) == Vector<nint>.One) run += Vector<nint>.Count;
        while (run < count && offsets[run] - offsets[run - 1] == 1) run++;
        return run;
    }
}
