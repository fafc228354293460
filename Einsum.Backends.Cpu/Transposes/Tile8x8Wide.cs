using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>Eight by eight elements of eight bytes in eight registers: pairs, then quarters change places. Rows are whole lines.</summary>
readonly unsafe struct Tile8x8Wide : ITile<double>
{
    internal static bool IsSupported => Avx512F.IsSupported;

    public static int Side => 8;

    public static int Strip => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose<TStore>(double* source, nint sourceStride, double* destination, nint destinationStride) where TStore : struct, IStore
    {
        var (a0, a1) = Pairs(source, sourceStride);
        var (b0, b1) = Pairs(source + 2 * sourceStride, sourceStride);
        var (c0, c1) = Pairs(source + 4 * sourceStride, sourceStride);
        var (d0, d1) = Pairs(source + 6 * sourceStride, sourceStride);
        Quarters<TStore>(destination, 2 * destinationStride, a0, b0, c0, d0);
        Quarters<TStore>(destination + destinationStride, 2 * destinationStride, a1, b1, c1, d1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransposeRows(double* source, nint sourceStride, double* destination, nint destinationStride, int rows)
    {
        var (even, odd) = (Quarters(source, 2 * sourceStride), Quarters(source + sourceStride, 2 * sourceStride));
        Avx512F.UnpackLow(even, odd).Store(destination);
        if (rows > 1) Avx512F.UnpackHigh(even, odd).Store(destination + destinationStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransposeColumns(double* source, nint sourceStride, double* destination, nint destinationStride, int columns)
    {
        var (low, high) = Pairs(source, (columns - 1) * sourceStride);
        StoreQuarter(0, low.AsSingle(), high.AsSingle(), ref destination, destinationStride);
        StoreQuarter(1, low.AsSingle(), high.AsSingle(), ref destination, destinationStride);
        StoreQuarter(2, low.AsSingle(), high.AsSingle(), ref destination, destinationStride);
        StoreQuarter(3, low.AsSingle(), high.AsSingle(), ref destination, destinationStride);
    }

    /// <summary>Through a square on the stack: rows that are not there stay unset, and nothing beyond a row's end is touched.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransposePart(double* source, nint sourceStride, double* destination, nint destinationStride, int rows, int columns)
    {
        var tile = stackalloc double[2 * 8 * 8];
        var turned = tile + 8 * 8;
        var (inMask, outMask) = (LineMask.First<double>(rows), LineMask.First<double>(columns));
        for (var j = 0; j < columns; j++) Avx512F.MaskLoad(source + j * sourceStride, inMask, default).Store(tile + 8 * j);
        Transpose<CachedStore>(tile, 8, turned, 8);
        for (var i = 0; i < rows; i++) Avx512F.MaskStore(destination + i * destinationStride, outMask, Vector512.Load(turned + 8 * i));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> Quarters(double* source, nint step)
    {
        var quarters = Avx512F.InsertVector128(Vector128.Load((float*)source).ToVector256Unsafe().ToVector512Unsafe(), Vector128.Load((float*)(source + step)), 1);
        quarters = Avx512F.InsertVector128(quarters, Vector128.Load((float*)(source + 2 * step)), 2);
        return Avx512F.InsertVector128(quarters, Vector128.Load((float*)(source + 3 * step)), 3).AsDouble();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreQuarter([ConstantExpected] byte quarter, Vector512<float> low, Vector512<float> high, ref double* destination, nint stride)
    {
        Avx512F.ExtractVector128(low, quarter).Store((float*)destination);
        Avx512F.ExtractVector128(high, quarter).Store((float*)(destination + stride));
        destination += 2 * stride;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<double> Low, Vector512<double> High) Pairs(double* source, nint stride)
    {
        var (even, odd) = (Vector512.Load(source), Vector512.Load(source + stride));
        return (Avx512F.UnpackLow(even, odd), Avx512F.UnpackHigh(even, odd));
    }

    /// <summary>The first quarters of a, b, c and d make the first row, the second ones the next, which lies a step further.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Quarters<TStore>(double* destination, nint step, Vector512<double> a, Vector512<double> b, Vector512<double> c, Vector512<double> d)
        where TStore : struct, IStore
    {
        var (ab, cd) = (Avx512F.Shuffle4x128(a, b, 0x44), Avx512F.Shuffle4x128(c, d, 0x44));
        TStore.Store(destination, Avx512F.Shuffle4x128(ab, cd, 0x88));
        TStore.Store(destination + step, Avx512F.Shuffle4x128(ab, cd, 0xDD));
        (ab, cd) = (Avx512F.Shuffle4x128(a, b, 0xEE), Avx512F.Shuffle4x128(c, d, 0xEE));
        TStore.Store(destination + 2 * step, Avx512F.Shuffle4x128(ab, cd, 0x88));
        TStore.Store(destination + 3 * step, Avx512F.Shuffle4x128(ab, cd, 0xDD));
    }
}
