using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>to[p * step + i] = from[offsets[i] + p]</c> in registers, for square blocks of 8 floats (4 where 8 do not fit) or 4 doubles. Pairs of rows
/// four (two) apart are loaded as one vector, which saves the shuffles across 128-bit lanes.
/// </summary>
static unsafe class Transposition<T> where T : unmanaged
{
    /// <summary>Rows and columns of a block that fits <paramref name="width"/> rows; 0 where this machine has no such code.</summary>
    internal static int BlockFor(int width)
    {
        if (!Avx.IsSupported) return 0;
        if (typeof(T) == typeof(float)) return width >= 8 ? 8 : width >= 4 ? 4 : 0;
        return typeof(T) == typeof(double) && width >= 4 ? 4 : 0;
    }

    /// <summary>Transposes <paramref name="block"/> rows, for as many whole blocks as <paramref name="depth"/> holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Rows(int block, T* from, nint* offsets, int depth, T* to, nint step)
    {
        if (typeof(T) == typeof(double)) Doubles4((double*)from, offsets, depth, (double*)to, step);
        else if (block == 8) Floats8((float*)from, offsets, depth, (float*)to, step);
        else Floats4((float*)from, offsets, depth, (float*)to, step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Floats8(float* from, nint* offsets, int depth, float* to, nint step)
    {
        float* r0 = from + offsets[0], r1 = from + offsets[1], r2 = from + offsets[2], r3 = from + offsets[3];
        float* r4 = from + offsets[4], r5 = from + offsets[5], r6 = from + offsets[6], r7 = from + offsets[7];
        for (nint p = 0; p + 8 <= depth; p += 8, to += 8 * step)
        {
            Half8(r0 + p, r1 + p, r2 + p, r3 + p, r4 + p, r5 + p, r6 + p, r7 + p, to, step);
            Half8(r0 + p + 4, r1 + p + 4, r2 + p + 4, r3 + p + 4, r4 + p + 4, r5 + p + 4, r6 + p + 4, r7 + p + 4, to + 4 * step, step);
        }
    }

    /// <summary>Four elements of each of eight rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Half8(float* r0, float* r1, float* r2, float* r3, float* r4, float* r5, float* r6, float* r7, float* to, nint step)
    {
        var r04 = Vector256.Create(Vector128.Load(r0), Vector128.Load(r4));
        var r15 = Vector256.Create(Vector128.Load(r1), Vector128.Load(r5));
        var r26 = Vector256.Create(Vector128.Load(r2), Vector128.Load(r6));
        var r37 = Vector256.Create(Vector128.Load(r3), Vector128.Load(r7));
        var low01 = Avx.UnpackLow(r04, r15).AsDouble();
        var low23 = Avx.UnpackLow(r26, r37).AsDouble();
        var high01 = Avx.UnpackHigh(r04, r15).AsDouble();
        var high23 = Avx.UnpackHigh(r26, r37).AsDouble();
        Avx.UnpackLow(low01, low23).AsSingle().Store(to);
        Avx.UnpackHigh(low01, low23).AsSingle().Store(to + step);
        Avx.UnpackLow(high01, high23).AsSingle().Store(to + 2 * step);
        Avx.UnpackHigh(high01, high23).AsSingle().Store(to + 3 * step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Floats4(float* from, nint* offsets, int depth, float* to, nint step)
    {
        float* r0 = from + offsets[0], r1 = from + offsets[1], r2 = from + offsets[2], r3 = from + offsets[3];
        for (nint p = 0; p + 4 <= depth; p += 4, to += 4 * step)
        {
            var (v0, v1, v2, v3) = (Vector128.Load(r0 + p), Vector128.Load(r1 + p), Vector128.Load(r2 + p), Vector128.Load(r3 + p));
            var low01 = Sse.UnpackLow(v0, v1).AsDouble();
            var low23 = Sse.UnpackLow(v2, v3).AsDouble();
            var high01 = Sse.UnpackHigh(v0, v1).AsDouble();
            var high23 = Sse.UnpackHigh(v2, v3).AsDouble();
            Sse2.UnpackLow(low01, low23).AsSingle().Store(to);
            Sse2.UnpackHigh(low01, low23).AsSingle().Store(to + step);
            Sse2.UnpackLow(high01, high23).AsSingle().Store(to + 2 * step);
            Sse2.UnpackHigh(high01, high23).AsSingle().Store(to + 3 * step);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Doubles4(double* from, nint* offsets, int depth, double* to, nint step)
    {
        double* r0 = from + offsets[0], r1 = from + offsets[1], r2 = from + offsets[2], r3 = from + offsets[3];
        for (nint p = 0; p + 4 <= depth; p += 4, to += 4 * step)
        {
            var left02 = Vector256.Create(Vector128.Load(r0 + p), Vector128.Load(r2 + p));
            var left13 = Vector256.Create(Vector128.Load(r1 + p), Vector128.Load(r3 + p));
            var right02 = Vector256.Create(Vector128.Load(r0 + p + 2), Vector128.Load(r2 + p + 2));
            var right13 = Vector256.Create(Vector128.Load(r1 + p + 2), Vector128.Load(r3 + p + 2));
            Avx.UnpackLow(left02, left13).Store(to);
            Avx.UnpackHigh(left02, left13).Store(to + step);
            Avx.UnpackLow(right02, right13).Store(to + 2 * step);
            Avx.UnpackHigh(right02, right13).Store(to + 3 * step);
        }
    }
}
