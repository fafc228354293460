using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>Four by four elements of eight bytes in four registers: pairs, then halves change places.</summary>
readonly unsafe struct Tile4x4 : ITile<double>
{
    internal static bool IsSupported => Avx.IsSupported;

    public static int Side => 4;

    public static int Strip => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose<TStore>(double* source, nint sourceStride, double* destination, nint destinationStride) where TStore : struct, IStore
    {
        var (a, b) = (Vector256.Load(source), Vector256.Load(source + sourceStride));
        var (c, d) = (Vector256.Load(source + 2 * sourceStride), Vector256.Load(source + 3 * sourceStride));
        Store(destination, destinationStride, 0, Avx.UnpackLow(a, b), Avx.UnpackLow(c, d));
        Store(destination, destinationStride, 1, Avx.UnpackHigh(a, b), Avx.UnpackHigh(c, d));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransposeRows(double* source, nint sourceStride, double* destination, nint destinationStride, int rows)
    {
        var (even, odd) = (Halves(source, 2 * sourceStride), Halves(source + sourceStride, 2 * sourceStride));
        Avx.UnpackLow(even, odd).Store(destination);
        if (rows > 1) Avx.UnpackHigh(even, odd).Store(destination + destinationStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransposeColumns(double* source, nint sourceStride, double* destination, nint destinationStride, int columns)
    {
        var (even, odd) = (Vector256.Load(source), Vector256.Load(source + (columns - 1) * sourceStride));
        var (low, high) = (Avx.UnpackLow(even, odd), Avx.UnpackHigh(even, odd));
        low.GetLower().Store(destination);
        high.GetLower().Store(destination + destinationStride);
        low.GetUpper().Store(destination + 2 * destinationStride);
        high.GetUpper().Store(destination + 3 * destinationStride);
    }

    public static void TransposePart(double* source, nint sourceStride, double* destination, nint destinationStride, int rows, int columns) =>
        SquareOnStack.TransposePart<double, Tile4x4>(source, sourceStride, destination, destinationStride, rows, columns);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<double> Halves(double* source, nint step) => Avx.InsertVector128(Vector128.Load(source).ToVector256Unsafe(), Vector128.Load(source + step), 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(double* destination, nint stride, int row, Vector256<double> left, Vector256<double> right)
    {
        Avx.Permute2x128(left, right, 0x20).Store(destination + row * stride);
        Avx.Permute2x128(left, right, 0x31).Store(destination + (row + 2) * stride);
    }
}
