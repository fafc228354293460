using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary>Masks for the first elements of a vector, as many as an edge leaves.</summary>
static class LineMask
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> First<T>(int count) where T : unmanaged, INumber<T> =>
        Vector512.LessThan(Vector512<T>.Indices, Vector512.Create(T.CreateTruncating(count)));
}
