using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>Eight by eight elements of four bytes in eight registers: pairs, then fours, then halves change places.</summary>
readonly unsafe struct Tile8x8 : ITile<float>
{
    internal static bool IsSupported => Avx.IsSupported;

    public static int Side => 8;

    public static int Strip => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose<TStore>(float* source, nint sourceStride, float* destination, nint destinationStride) where TStore : struct, IStore
    {
        var (a0, a1) = Pairs(source, sourceStride, 0);
        var (a2, a3) = Pairs(source, sourceStride, 2);
        var (a4, a5) = Pairs(source, sourceStride, 4);
        var (a6, a7) = Pairs(source, sourceStride, 6);
        Store(destination, destinationStride, 0, Fours(a0, a2, low: true), Fours(a4, a6, low: true));
        Store(destination, destinationStride, 1, Fours(a0, a2, low: false), Fours(a4, a6, low: false));
        Store(destination, destinationStride, 2, Fours(a1, a3, low: true), Fours(a5, a7, low: true));
        Store(destination, destinationStride, 3, Fours(a1, a3, low: false), Fours(a5, a7, low: false));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransposeRows(float* source, nint sourceStride, float* destination, nint destinationStride, int rows)
    {
        var half = 4 * sourceStride;
        var (a0, a1) = Pairs(Halves(source, half), Halves(source + sourceStride, half));
        var (a2, a3) = Pairs(Halves(source + 2 * sourceStride, half), Halves(source + 3 * sourceStride, half));
        Fours(a0, a2, low: true).Store(destination);
        if (rows > 1) Fours(a0, a2, low: false).Store(destination + destinationStride);
        if (rows > 2) Fours(a1, a3, low: true).Store(destination + 2 * destinationStride);
        if (rows > 3) Fours(a1, a3, low: false).Store(destination + 3 * destinationStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransposeColumns(float* source, nint sourceStride, float* destination, nint destinationStride, int columns)
    {
        var last = columns - 1;
        var (a0, a1) = Pairs(Vector256.Load(source), Vector256.Load(source + Math.Min(1, last) * sourceStride));
        var (a2, a3) = Pairs(Vector256.Load(source + Math.Min(2, last) * sourceStride), Vector256.Load(source + last * sourceStride));
        var (row0, row1) = (Fours(a0, a2, low: true), Fours(a0, a2, low: false));
        var (row2, row3) = (Fours(a1, a3, low: true), Fours(a1, a3, low: false));
        StoreFour(row0.GetLower(), row1.GetLower(), row2.GetLower(), row3.GetLower(), destination, destinationStride);
        StoreFour(row0.GetUpper(), row1.GetUpper(), row2.GetUpper(), row3.GetUpper(), destination + 4 * destinationStride, destinationStride);
    }

    public static void TransposePart(float* source, nint sourceStride, float* destination, nint destinationStride, int rows, int columns) =>
        SquareOnStack.TransposePart<float, Tile8x8>(source, sourceStride, destination, destinationStride, rows, columns);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector256<float> Low, Vector256<float> High) Pairs(float* source, nint stride, int row) =>
        Pairs(Vector256.Load(source + row * stride), Vector256.Load(source + (row + 1) * stride));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector256<float> Low, Vector256<float> High) Pairs(Vector256<float> even, Vector256<float> odd) => (Avx.UnpackLow(even, odd), Avx.UnpackHigh(even, odd));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Halves(float* source, nint step) => Avx.InsertVector128(Vector128.Load(source).ToVector256Unsafe(), Vector128.Load(source + step), 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreFour(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d, float* destination, nint stride)
    {
        a.Store(destination);
        b.Store(destination + stride);
        c.Store(destination + 2 * stride);
        d.Store(destination + 3 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Fours(Vector256<float> upper, Vector256<float> lower, bool low) =>
        low ? Avx.Shuffle(upper, lower, 0b01_00_01_00) : Avx.Shuffle(upper, lower, 0b11_10_11_10);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(float* destination, nint stride, int row, Vector256<float> left, Vector256<float> right)
    {
        Avx.Permute2x128(left, right, 0x20).Store(destination + row * stride);
        Avx.Permute2x128(left, right, 0x31).Store(destination + (row + 4) * stride);
    }
}
