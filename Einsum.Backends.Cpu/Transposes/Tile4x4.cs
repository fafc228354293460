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

    public static void TransposePart(double* source, nint sourceStride, double* destination, nint destinationStride, int rows, int columns) =>
        SquareOnStack.TransposePart<double, Tile4x4>(source, sourceStride, destination, destinationStride, rows, columns);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(double* destination, nint stride, int row, Vector256<double> left, Vector256<double> right)
    {
        Avx.Permute2x128(left, right, 0x20).Store(destination + row * stride);
        Avx.Permute2x128(left, right, 0x31).Store(destination + (row + 2) * stride);
    }
}
