using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>to[p * step + i] = from[offsets[i] + p]</c> in registers, for 16, 8 or 4 rows of four bytes an element, or 8 or 4 of eight. Parts of 128 bits of rows that are
/// a quarter (half) of the block apart are loaded as one vector, which saves the shuffles across 128-bit lanes.
/// </summary>
static unsafe class Transposition<T> where T : unmanaged
{
    const int LineBytes = 64;

    /// <summary>Elements of a row that are transposed at once.</summary>
    internal static int LeastDepth => 16 / sizeof(T);

    /// <summary>Rows of the largest block that fits <paramref name="rows"/> rows; 0 where none does or this machine has no such code.</summary>
    internal static int BlockFor(int rows)
    {
        var most = Avx512F.IsSupported ? 64 / sizeof(T) : Avx.IsSupported ? 32 / sizeof(T) : 0;
        while (most > rows) most /= 2;
        return most >= 4 ? most : 0;
    }

    /// <summary>
    /// Transposes <paramref name="block"/> rows of at least <see cref="LeastDepth"/> elements, the last ones overlapping those before, and brings the
    /// same elements of the rows <c>near + ahead[i]</c> to the cache: rows are far apart and no hardware foresees them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Rows(int block, T* from, nint* offsets, T* near, nint* ahead, int depth, T* to, nint step)
    {
        var (line, last) = (LineBytes / sizeof(T), depth - LeastDepth);
        for (var p = 0; ;)
        {
            if (p % line == 0)
                for (var i = 0; i < block; i++) Sse.Prefetch1(near + ahead[i] + p);

            if (block == line && p + line <= depth)
            {
                if (sizeof(T) == sizeof(float)) Square512.Floats((float*)(from + p), offsets, (float*)(to + p * step), step);
                else Square512.Doubles((double*)(from + p), offsets, (double*)(to + p * step), step);
                p += line;
                if (p == depth) return;
                p = Math.Min(p, last);
                continue;
            }

            var source = from + p;
            var target = to + p * step;
            if (sizeof(T) == sizeof(float))
            {
                if (block == 16) Floats16((float*)source, offsets, (float*)target, step);
                else if (block == 8) Floats8((float*)source, offsets, (float*)target, step);
                else Floats4((float*)source, offsets, (float*)target, step);
            }
            else if (block == 8) Doubles8((double*)source, offsets, (double*)target, step);
            else Doubles4((double*)source, offsets, (double*)target, step);

            if (p == last) return;
            p = Math.Min(p + LeastDepth, last);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Floats16(float* from, nint* offsets, float* to, nint step)
    {
        var v0 = Quarters(from, offsets);
        var v1 = Quarters(from, offsets + 1);
        var v2 = Quarters(from, offsets + 2);
        var v3 = Quarters(from, offsets + 3);
        var low01 = Avx512F.UnpackLow(v0, v1).AsDouble();
        var low23 = Avx512F.UnpackLow(v2, v3).AsDouble();
        var high01 = Avx512F.UnpackHigh(v0, v1).AsDouble();
        var high23 = Avx512F.UnpackHigh(v2, v3).AsDouble();
        Avx512F.UnpackLow(low01, low23).AsSingle().Store(to);
        Avx512F.UnpackHigh(low01, low23).AsSingle().Store(to + step);
        Avx512F.UnpackLow(high01, high23).AsSingle().Store(to + 2 * step);
        Avx512F.UnpackHigh(high01, high23).AsSingle().Store(to + 3 * step);
    }

    /// <summary>Four elements of each of the rows 0, 4, 8 and 12.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Quarters(float* from, nint* offsets)
    {
        var vector = Vector128.Load(from + offsets[0]).ToVector256Unsafe().ToVector512Unsafe();
        vector = Avx512F.InsertVector128(vector, Vector128.Load(from + offsets[4]), 1);
        vector = Avx512F.InsertVector128(vector, Vector128.Load(from + offsets[8]), 2);
        return Avx512F.InsertVector128(vector, Vector128.Load(from + offsets[12]), 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Floats8(float* from, nint* offsets, float* to, nint step)
    {
        var v0 = Vector256.Create(Vector128.Load(from + offsets[0]), Vector128.Load(from + offsets[4]));
        var v1 = Vector256.Create(Vector128.Load(from + offsets[1]), Vector128.Load(from + offsets[5]));
        var v2 = Vector256.Create(Vector128.Load(from + offsets[2]), Vector128.Load(from + offsets[6]));
        var v3 = Vector256.Create(Vector128.Load(from + offsets[3]), Vector128.Load(from + offsets[7]));
        var low01 = Avx.UnpackLow(v0, v1).AsDouble();
        var low23 = Avx.UnpackLow(v2, v3).AsDouble();
        var high01 = Avx.UnpackHigh(v0, v1).AsDouble();
        var high23 = Avx.UnpackHigh(v2, v3).AsDouble();
        Avx.UnpackLow(low01, low23).AsSingle().Store(to);
        Avx.UnpackHigh(low01, low23).AsSingle().Store(to + step);
        Avx.UnpackLow(high01, high23).AsSingle().Store(to + 2 * step);
        Avx.UnpackHigh(high01, high23).AsSingle().Store(to + 3 * step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Floats4(float* from, nint* offsets, float* to, nint step)
    {
        var (v0, v1) = (Vector128.Load(from + offsets[0]), Vector128.Load(from + offsets[1]));
        var (v2, v3) = (Vector128.Load(from + offsets[2]), Vector128.Load(from + offsets[3]));
        var low01 = Sse.UnpackLow(v0, v1).AsDouble();
        var low23 = Sse.UnpackLow(v2, v3).AsDouble();
        var high01 = Sse.UnpackHigh(v0, v1).AsDouble();
        var high23 = Sse.UnpackHigh(v2, v3).AsDouble();
        Sse2.UnpackLow(low01, low23).AsSingle().Store(to);
        Sse2.UnpackHigh(low01, low23).AsSingle().Store(to + step);
        Sse2.UnpackLow(high01, high23).AsSingle().Store(to + 2 * step);
        Sse2.UnpackHigh(high01, high23).AsSingle().Store(to + 3 * step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Doubles8(double* from, nint* offsets, double* to, nint step)
    {
        var (even, odd) = (Quarters(from, offsets), Quarters(from, offsets + 1));
        Avx512F.UnpackLow(even, odd).Store(to);
        Avx512F.UnpackHigh(even, odd).Store(to + step);
    }

    /// <summary>Two elements of each of the rows 0, 2, 4 and 6.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> Quarters(double* from, nint* offsets)
    {
        var vector = Vector128.Load(from + offsets[0]).ToVector256Unsafe().ToVector512Unsafe();
        vector = Avx512F.InsertVector128(vector, Vector128.Load(from + offsets[2]), 1);
        vector = Avx512F.InsertVector128(vector, Vector128.Load(from + offsets[4]), 2);
        return Avx512F.InsertVector128(vector, Vector128.Load(from + offsets[6]), 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Doubles4(double* from, nint* offsets, double* to, nint step)
    {
        var even = Vector256.Create(Vector128.Load(from + offsets[0]), Vector128.Load(from + offsets[2]));
        var odd = Vector256.Create(Vector128.Load(from + offsets[1]), Vector128.Load(from + offsets[3]));
        Avx.UnpackLow(even, odd).Store(to);
        Avx.UnpackHigh(even, odd).Store(to + step);
    }
}
