using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>Transposes a square of elements of one size: <c>destination[i, j] = source[j, i]</c>. Implementations are empty structs.</summary>
unsafe interface ITile<T> where T : unmanaged
{
    /// <summary>The length of the square's sides.</summary>
    static abstract int Side { get; }

    /// <summary>The width of strips, parts with two sides of full length that take few instructions; 0 where there are none.</summary>
    static virtual int Strip => 0;

    /// <summary>The strides lead from row to row, in elements; within a row elements are neighbours.</summary>
    static abstract void Transpose<TStore>(T* source, nint sourceStride, T* destination, nint destinationStride) where TStore : struct, IStore;

    /// <summary>The same for so many rows of a strip, each as long as a side. A whole strip of the source is read, and must be there.</summary>
    static virtual void TransposeRows(T* source, nint sourceStride, T* destination, nint destinationStride, int rows) => throw new NotSupportedException();

    /// <summary>The same for so many columns of a strip, as many rows as a side is long. Whole strips are written, row after row, so that rows may begin within the one before.</summary>
    static virtual void TransposeColumns(T* source, nint sourceStride, T* destination, nint destinationStride, int columns) => throw new NotSupportedException();

    /// <summary>The same for so many rows and columns of the destination, from 1 to the side; nothing else is read or written.</summary>
    static abstract void TransposePart(T* source, nint sourceStride, T* destination, nint destinationStride, int rows, int columns);
}

/// <summary>Element by element, for those that a register holds alone.</summary>
readonly unsafe struct ScalarTile<T> : ITile<T> where T : unmanaged
{
    public static int Side => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose<TStore>(T* source, nint sourceStride, T* destination, nint destinationStride) where TStore : struct, IStore =>
        TransposePart(source, sourceStride, destination, destinationStride, Side, Side);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransposePart(T* source, nint sourceStride, T* destination, nint destinationStride, int rows, int columns)
    {
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++) destination[i * destinationStride + j] = source[j * sourceStride + i];
    }
}
