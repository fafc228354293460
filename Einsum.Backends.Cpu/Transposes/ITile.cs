using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>Transposes a square of elements of one size: <c>destination[i, j] = source[j, i]</c>. Implementations are empty structs.</summary>
unsafe interface ITile<T> where T : unmanaged
{
    /// <summary>The length of the square's sides.</summary>
    static abstract int Side { get; }

    /// <summary>The strides lead from row to row, in elements; within a row elements are neighbours.</summary>
    static abstract void Transpose(T* source, nint sourceStride, T* destination, nint destinationStride);
}

/// <summary>Element by element, for sizes and machines without a better way.</summary>
readonly unsafe struct ScalarTile<T> : ITile<T> where T : unmanaged
{
    public static int Side => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(T* source, nint sourceStride, T* destination, nint destinationStride)
    {
        for (var i = 0; i < Side; i++)
            for (var j = 0; j < Side; j++) destination[i * destinationStride + j] = source[j * sourceStride + i];
    }
}
