using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>A part of a tile through a whole one on the stack: rows that are not there stay unset, and nothing beyond a row's end is touched.</summary>
static unsafe class SquareOnStack
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void TransposePart<T, TTile>(T* source, nint sourceStride, T* destination, nint destinationStride, int rows, int columns)
        where T : unmanaged where TTile : struct, ITile<T>
    {
        var tile = stackalloc T[2 * TTile.Side * TTile.Side];
        var turned = tile + TTile.Side * TTile.Side;
        for (var j = 0; j < columns; j++) Lines.Copy<CachedStore>((byte*)(source + j * sourceStride), (byte*)(tile + TTile.Side * j), rows * sizeof(T));
        TTile.Transpose<CachedStore>(tile, TTile.Side, turned, TTile.Side);
        for (var i = 0; i < rows; i++) Lines.Copy<CachedStore>((byte*)(turned + TTile.Side * i), (byte*)(destination + i * destinationStride), columns * sizeof(T));
    }
}
