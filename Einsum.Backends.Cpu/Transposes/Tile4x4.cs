using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>Four by four elements of eight bytes in four registers: pairs, then halves change places.</summary>
readonly unsafe struct Tile4x4 : ITile<double>
{
    internal static bool IsSupported => Avx.IsSupported;

    public static int Side => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose<TStore>(double* source, nint sourceStride, double* destination, nint destinationStride) where TStore : struct, IStore
    {
        var (a, b) = (Vector256.Load(source), Vector256.Load(source + sourceStride));
        var (c, d) = (Vector256.Load(source + 2 * sourceStride), Vector256.Load(source + 3 * sourceStride));
        Store(destination, destinationStride, 0, Avx.UnpackLow(a, b), Avx.UnpackLow(c, d));
        Store(destination, destinationStride, 1, Avx.UnpackHigh(a, b), Avx.UnpackHigh(c, d));
    }

    /// <summary>Through a square on the stack: rows that are not there stay unset, and nothing beyond a row's end is touched.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransposePart(double* source, nint sourceStride, double* destination, nint destinationStride, int rows, int columns)
    {
        var tile = stackalloc double[2 * 4 * 4];
        var turned = tile + 4 * 4;
        for (var j = 0; j < columns; j++) Lines.Copy<CachedStore>((byte*)(source + j * sourceStride), (byte*)(tile + 4 * j), rows * sizeof(double));
        Transpose<CachedStore>(tile, 4, turned, 4);
        for (var i = 0; i < rows; i++) Lines.Copy<CachedStore>((byte*)(turned + 4 * i), (byte*)(destination + i * destinationStride), columns * sizeof(double));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(double* destination, nint stride, int row, Vector256<double> left, Vector256<double> right)
    {
        Avx.Permute2x128(left, right, 0x20).Store(destination + row * stride);
        Avx.Permute2x128(left, right, 0x31).Store(destination + (row + 2) * stride);
    }
}
