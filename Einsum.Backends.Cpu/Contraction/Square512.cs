using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>to[p * step + i] = from[offsets[i] + p]</c> for a square of whole vectors of 512 bits: each row's cache line is read once, so that rows whose lines fall
/// into one set of the cache do no harm. Neighbours change places, then pairs of them, then quarters of vectors.
/// </summary>
static unsafe class Square512
{
    internal static bool IsSupported => Avx512F.IsSupported;

    /// <summary><c>to[columns[p] + i] = from[offsets[i] + p]</c>, past the caches where asked and lines are whole.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Scatter<T>(T* from, nint* offsets, T* to, nint* columns, bool streams) where T : unmanaged
    {
        if (sizeof(T) == sizeof(float)) ScatterFloats((float*)from, offsets, (float*)to, columns, streams);
        else ScatterDoubles((double*)from, offsets, (double*)to, columns, streams);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void ScatterFloats(float* from, nint* offsets, float* to, nint* columns, bool streams)
    {
        var (r0c0, r0c1, r0c2, r0c3) = Fours(from, offsets);
        var (r4c0, r4c1, r4c2, r4c3) = Fours(from, offsets + 4);
        var (r8c0, r8c1, r8c2, r8c3) = Fours(from, offsets + 8);
        var (r12c0, r12c1, r12c2, r12c3) = Fours(from, offsets + 12);
        StoreFours(r0c0, r4c0, r8c0, r12c0, to, columns, streams);
        StoreFours(r0c1, r4c1, r8c1, r12c1, to, columns + 1, streams);
        StoreFours(r0c2, r4c2, r8c2, r12c2, to, columns + 2, streams);
        StoreFours(r0c3, r4c3, r8c3, r12c3, to, columns + 3, streams);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void ScatterDoubles(double* from, nint* offsets, double* to, nint* columns, bool streams)
    {
        var (low0, high0) = Twos(from, offsets);
        var (low2, high2) = Twos(from, offsets + 2);
        var (low4, high4) = Twos(from, offsets + 4);
        var (low6, high6) = Twos(from, offsets + 6);
        StoreTwos(low0.AsSingle(), low2.AsSingle(), low4.AsSingle(), low6.AsSingle(), to, columns, streams);
        StoreTwos(high0.AsSingle(), high2.AsSingle(), high4.AsSingle(), high6.AsSingle(), to, columns + 1, streams);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreFours(Vector512<float> v0, Vector512<float> v1, Vector512<float> v2, Vector512<float> v3, float* to, nint* columns, bool streams)
    {
        const byte even = 0b10_00_10_00, odd = 0b11_01_11_01;
        var (even01, even23) = (Avx512F.Shuffle4x128(v0, v1, even), Avx512F.Shuffle4x128(v2, v3, even));
        var (odd01, odd23) = (Avx512F.Shuffle4x128(v0, v1, odd), Avx512F.Shuffle4x128(v2, v3, odd));
        Put(to + columns[0], Avx512F.Shuffle4x128(even01, even23, even), streams);
        Put(to + columns[4], Avx512F.Shuffle4x128(odd01, odd23, even), streams);
        Put(to + columns[8], Avx512F.Shuffle4x128(even01, even23, odd), streams);
        Put(to + columns[12], Avx512F.Shuffle4x128(odd01, odd23, odd), streams);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreTwos(Vector512<float> v0, Vector512<float> v1, Vector512<float> v2, Vector512<float> v3, double* to, nint* columns, bool streams)
    {
        const byte even = 0b10_00_10_00, odd = 0b11_01_11_01;
        var (even01, even23) = (Avx512F.Shuffle4x128(v0, v1, even), Avx512F.Shuffle4x128(v2, v3, even));
        var (odd01, odd23) = (Avx512F.Shuffle4x128(v0, v1, odd), Avx512F.Shuffle4x128(v2, v3, odd));
        Put((float*)(to + columns[0]), Avx512F.Shuffle4x128(even01, even23, even), streams);
        Put((float*)(to + columns[2]), Avx512F.Shuffle4x128(odd01, odd23, even), streams);
        Put((float*)(to + columns[4]), Avx512F.Shuffle4x128(even01, even23, odd), streams);
        Put((float*)(to + columns[6]), Avx512F.Shuffle4x128(odd01, odd23, odd), streams);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Put(float* to, Vector512<float> value, bool streams)
    {
        if (streams && (nuint)to % 64 == 0) value.StoreAlignedNonTemporal(to);
        else value.Store(to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Floats(float* from, nint* offsets, float* to, nint step)
    {
        // Sixteen registers hold every fourth column of four rows each, named by the first row and the first column.
        var (r0c0, r0c1, r0c2, r0c3) = Fours(from, offsets + 0);
        var (r4c0, r4c1, r4c2, r4c3) = Fours(from, offsets + 4);
        var (r8c0, r8c1, r8c2, r8c3) = Fours(from, offsets + 8);
        var (r12c0, r12c1, r12c2, r12c3) = Fours(from, offsets + 12);
        Store(r0c0, r4c0, r8c0, r12c0, to, 4 * step);
        Store(r0c1, r4c1, r8c1, r12c1, to + 1 * step, 4 * step);
        Store(r0c2, r4c2, r8c2, r12c2, to + 2 * step, 4 * step);
        Store(r0c3, r4c3, r8c3, r12c3, to + 3 * step, 4 * step);
    }

    /// <summary>Of four rows: in each quarter of the vector numbered k, column k of that quarter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<float>, Vector512<float>, Vector512<float>, Vector512<float>) Fours(float* from, nint* offsets)
    {
        var (v0, v1) = (Vector512.Load(from + offsets[0]), Vector512.Load(from + offsets[1]));
        var (v2, v3) = (Vector512.Load(from + offsets[2]), Vector512.Load(from + offsets[3]));
        var low01 = Avx512F.UnpackLow(v0, v1).AsDouble();
        var low23 = Avx512F.UnpackLow(v2, v3).AsDouble();
        var high01 = Avx512F.UnpackHigh(v0, v1).AsDouble();
        var high23 = Avx512F.UnpackHigh(v2, v3).AsDouble();
        return (Avx512F.UnpackLow(low01, low23).AsSingle(), Avx512F.UnpackHigh(low01, low23).AsSingle(),
            Avx512F.UnpackLow(high01, high23).AsSingle(), Avx512F.UnpackHigh(high01, high23).AsSingle());
    }

    /// <summary>Quarter q of the four vectors, one behind the other, goes to <c>to + q * step</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Vector512<float> v0, Vector512<float> v1, Vector512<float> v2, Vector512<float> v3, float* to, nint step)
    {
        const byte even = 0b10_00_10_00, odd = 0b11_01_11_01;
        var (even01, even23) = (Avx512F.Shuffle4x128(v0, v1, even), Avx512F.Shuffle4x128(v2, v3, even));
        var (odd01, odd23) = (Avx512F.Shuffle4x128(v0, v1, odd), Avx512F.Shuffle4x128(v2, v3, odd));
        Avx512F.Shuffle4x128(even01, even23, even).Store(to);
        Avx512F.Shuffle4x128(odd01, odd23, even).Store(to + step);
        Avx512F.Shuffle4x128(even01, even23, odd).Store(to + 2 * step);
        Avx512F.Shuffle4x128(odd01, odd23, odd).Store(to + 3 * step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Doubles(double* from, nint* offsets, double* to, nint step)
    {
        var (low0, high0) = Twos(from, offsets);
        var (low2, high2) = Twos(from, offsets + 2);
        var (low4, high4) = Twos(from, offsets + 4);
        var (low6, high6) = Twos(from, offsets + 6);
        Store(low0.AsSingle(), low2.AsSingle(), low4.AsSingle(), low6.AsSingle(), (float*)to, 4 * step);
        Store(high0.AsSingle(), high2.AsSingle(), high4.AsSingle(), high6.AsSingle(), (float*)(to + step), 4 * step);
    }

    /// <summary>Of two rows: the even columns and the odd ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<double> Even, Vector512<double> Odd) Twos(double* from, nint* offsets)
    {
        var (v0, v1) = (Vector512.Load(from + offsets[0]), Vector512.Load(from + offsets[1]));
        return (Avx512F.UnpackLow(v0, v1), Avx512F.UnpackHigh(v0, v1));
    }
}
