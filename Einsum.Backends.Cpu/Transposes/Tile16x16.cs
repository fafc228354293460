using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>Sixteen by sixteen elements of four bytes in sixteen registers: pairs, then fours, then quarters change places. Rows are whole lines.</summary>
readonly unsafe struct Tile16x16 : ITile<float>
{
    internal static bool IsSupported => Avx512F.IsSupported;

    public static int Side => 16;

    public static int Strip => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose<TStore>(float* source, nint sourceStride, float* destination, nint destinationStride) where TStore : struct, IStore
    {
        var four = 4 * sourceStride;
        var last = source + 2 * four;
        var (a0, a1, a2, a3) = Fours(Load(source, 0), Load(source, sourceStride), Load(source, 2 * sourceStride), Load(source, 3 * sourceStride));
        source += four;
        var (b0, b1, b2, b3) = Fours(Load(source, 0), Load(source, sourceStride), Load(source, 2 * sourceStride), Load(source, 3 * sourceStride));
        var (c0, c1, c2, c3) = Fours(Load(last, 0), Load(last, sourceStride), Load(last, 2 * sourceStride), Load(last, 3 * sourceStride));
        last += four;
        var (d0, d1, d2, d3) = Fours(Load(last, 0), Load(last, sourceStride), Load(last, 2 * sourceStride), Load(last, 3 * sourceStride));
        Quarters<TStore>(destination, 4 * destinationStride, a0, b0, c0, d0);
        Quarters<TStore>(destination + destinationStride, 4 * destinationStride, a1, b1, c1, d1);
        Quarters<TStore>(destination + 2 * destinationStride, 4 * destinationStride, a2, b2, c2, d2);
        Quarters<TStore>(destination + 3 * destinationStride, 4 * destinationStride, a3, b3, c3, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransposeRows(float* source, nint sourceStride, float* destination, nint destinationStride, int rows)
    {
        var four = 4 * sourceStride;
        var (a, b, c, d) = Fours(Quarters(source, four), Quarters(source + sourceStride, four),
            Quarters(source + 2 * sourceStride, four), Quarters(source + 3 * sourceStride, four));
        a.Store(destination);
        if (rows > 1) b.Store(destination + destinationStride);
        if (rows > 2) c.Store(destination + 2 * destinationStride);
        if (rows > 3) d.Store(destination + 3 * destinationStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransposeColumns(float* source, nint sourceStride, float* destination, nint destinationStride, int columns)
    {
        var last = columns - 1;
        var (a, b, c, d) = Fours(Load(source, 0), Load(source, Math.Min(1, last) * sourceStride), Load(source, Math.Min(2, last) * sourceStride), Load(source, last * sourceStride));
        StoreQuarter(0, a, b, c, d, ref destination, destinationStride);
        StoreQuarter(1, a, b, c, d, ref destination, destinationStride);
        StoreQuarter(2, a, b, c, d, ref destination, destinationStride);
        StoreQuarter(3, a, b, c, d, ref destination, destinationStride);
    }

    public static void TransposePart(float* source, nint sourceStride, float* destination, nint destinationStride, int rows, int columns)
    {
        if (columns <= 4) FewColumns(source, sourceStride, destination, destinationStride, rows, columns);
        else if (rows <= 4) FewRows(source, sourceStride, destination, destinationStride, rows, columns);
        else Part(source, sourceStride, destination, destinationStride, rows, columns);
    }

    /// <summary>Many neighbours become rows of at most four, which are quarters of registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void FewColumns(float* source, nint sourceStride, float* destination, nint destinationStride, int rows, int columns)
    {
        var mask = TailMask.First<float, Vector128<float>, Simd128<float>>(columns);
        var (a, b, c, d) = FoursPart(source, sourceStride, 0, columns - 1, LineMask.First<float>(rows));
        StoreQuarters(destination, destinationStride, 0, rows, mask, a);
        StoreQuarters(destination, destinationStride, 1, rows, mask, b);
        StoreQuarters(destination, destinationStride, 2, rows, mask, c);
        StoreQuarters(destination, destinationStride, 3, rows, mask, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreQuarters(float* destination, nint stride, int row, int rows, Vector128<float> mask, Vector512<float> quarters)
    {
        if (row < rows) Masked.Store(destination + row * stride, mask, quarters.GetLower().GetLower());
        if (row + 4 < rows) Masked.Store(destination + (row + 4) * stride, mask, quarters.GetLower().GetUpper());
        if (row + 8 < rows) Masked.Store(destination + (row + 8) * stride, mask, quarters.GetUpper().GetLower());
        if (row + 12 < rows) Masked.Store(destination + (row + 12) * stride, mask, quarters.GetUpper().GetUpper());
    }

    /// <summary>Rows of at most four, which are quarters of registers, become many neighbours.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void FewRows(float* source, nint sourceStride, float* destination, nint destinationStride, int rows, int columns)
    {
        var (inMask, outMask, last) = (TailMask.First<float, Vector128<float>, Simd128<float>>(rows), LineMask.First<float>(columns), columns - 1);
        var (a, b, c, d) = Fours(LoadQuarters(source, sourceStride, 0, last, inMask), LoadQuarters(source, sourceStride, 1, last, inMask),
            LoadQuarters(source, sourceStride, 2, last, inMask), LoadQuarters(source, sourceStride, 3, last, inMask));
        Avx512F.MaskStore(destination, outMask, a);
        if (rows > 1) Avx512F.MaskStore(destination + destinationStride, outMask, b);
        if (rows > 2) Avx512F.MaskStore(destination + 2 * destinationStride, outMask, c);
        if (rows > 3) Avx512F.MaskStore(destination + 3 * destinationStride, outMask, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> LoadQuarters(float* source, nint stride, int row, int last, Vector128<float> mask) => Vector512.Create(
        Vector256.Create(Masked.Load(source + Math.Min(row, last) * stride, mask), Masked.Load(source + Math.Min(row + 4, last) * stride, mask)),
        Vector256.Create(Masked.Load(source + Math.Min(row + 8, last) * stride, mask), Masked.Load(source + Math.Min(row + 12, last) * stride, mask)));

    /// <summary>The whole under masks; rows that are not there are read as copies of the last one, and not written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Part(float* source, nint sourceStride, float* destination, nint destinationStride, int rows, int columns)
    {
        var (inMask, outMask, last) = (LineMask.First<float>(rows), LineMask.First<float>(columns), columns - 1);
        var (a0, a1, a2, a3) = FoursPart(source, sourceStride, 0, last, inMask);
        var (b0, b1, b2, b3) = FoursPart(source, sourceStride, 4, last, inMask);
        var (c0, c1, c2, c3) = FoursPart(source, sourceStride, 8, last, inMask);
        var (d0, d1, d2, d3) = FoursPart(source, sourceStride, 12, last, inMask);
        QuartersPart(destination, destinationStride, 0, rows, outMask, a0, b0, c0, d0);
        QuartersPart(destination, destinationStride, 1, rows, outMask, a1, b1, c1, d1);
        QuartersPart(destination, destinationStride, 2, rows, outMask, a2, b2, c2, d2);
        QuartersPart(destination, destinationStride, 3, rows, outMask, a3, b3, c3, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<float>, Vector512<float>, Vector512<float>, Vector512<float>) FoursPart(
        float* source, nint stride, int row, int last, Vector512<float> mask) => Fours(
            Avx512F.MaskLoad(source + Math.Min(row, last) * stride, mask, default), Avx512F.MaskLoad(source + Math.Min(row + 1, last) * stride, mask, default),
            Avx512F.MaskLoad(source + Math.Min(row + 2, last) * stride, mask, default), Avx512F.MaskLoad(source + Math.Min(row + 3, last) * stride, mask, default));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void QuartersPart(
        float* destination, nint stride, int row, int rows, Vector512<float> mask, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        var (ab, cd) = (Avx512F.Shuffle4x128(a, b, 0x44), Avx512F.Shuffle4x128(c, d, 0x44));
        if (row < rows) Avx512F.MaskStore(destination + row * stride, mask, Avx512F.Shuffle4x128(ab, cd, 0x88));
        if (row + 4 < rows) Avx512F.MaskStore(destination + (row + 4) * stride, mask, Avx512F.Shuffle4x128(ab, cd, 0xDD));
        (ab, cd) = (Avx512F.Shuffle4x128(a, b, 0xEE), Avx512F.Shuffle4x128(c, d, 0xEE));
        if (row + 8 < rows) Avx512F.MaskStore(destination + (row + 8) * stride, mask, Avx512F.Shuffle4x128(ab, cd, 0x88));
        if (row + 12 < rows) Avx512F.MaskStore(destination + (row + 12) * stride, mask, Avx512F.Shuffle4x128(ab, cd, 0xDD));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Quarters(float* source, nint step)
    {
        var quarters = Avx512F.InsertVector128(Vector128.Load(source).ToVector256Unsafe().ToVector512Unsafe(), Vector128.Load(source + step), 1);
        quarters = Avx512F.InsertVector128(quarters, Vector128.Load(source + 2 * step), 2);
        return Avx512F.InsertVector128(quarters, Vector128.Load(source + 3 * step), 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreQuarter([ConstantExpected] byte quarter, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, ref float* destination, nint stride)
    {
        Avx512F.ExtractVector128(a, quarter).Store(destination);
        Avx512F.ExtractVector128(b, quarter).Store(destination + stride);
        Avx512F.ExtractVector128(c, quarter).Store(destination + 2 * stride);
        Avx512F.ExtractVector128(d, quarter).Store(destination + 3 * stride);
        destination += 4 * stride;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Load(float* source, nint offset) => Vector512.Load(source + offset);

    /// <summary>Four rows, turned within each of their four quarters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<float>, Vector512<float>, Vector512<float>, Vector512<float>) Fours(
        Vector512<float> row0, Vector512<float> row1, Vector512<float> row2, Vector512<float> row3)
    {
        var (low01, high01) = (Avx512F.UnpackLow(row0, row1).AsDouble(), Avx512F.UnpackHigh(row0, row1).AsDouble());
        var (low23, high23) = (Avx512F.UnpackLow(row2, row3).AsDouble(), Avx512F.UnpackHigh(row2, row3).AsDouble());
        return (Avx512F.UnpackLow(low01, low23).AsSingle(), Avx512F.UnpackHigh(low01, low23).AsSingle(),
            Avx512F.UnpackLow(high01, high23).AsSingle(), Avx512F.UnpackHigh(high01, high23).AsSingle());
    }

    /// <summary>The first quarters of a, b, c and d make the first row, the second ones the next, which lies a step further.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Quarters<TStore>(float* destination, nint step, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
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
