using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>out[i] = sum of the elements of v[i]</c> for four vectors at once: they are transposed as they are added, which costs half of what four
/// sums one by one do.
/// <code>[a0 a1 a2 a3] [b0 ...] [c0 ...] [d0 ...]   --->   [a0+a2 b0+b2 a1+a3 b1+b3] [c0+c2 ...]   --->   [a b c d]</code>
/// </summary>
static unsafe class FourSums
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store<T>(T* to, nint stride, Vector512<T> a, Vector512<T> b, Vector512<T> c, Vector512<T> d) where T : unmanaged
    {
        if (Avx512F.IsSupported && typeof(T) == typeof(float))
        {
            var ab = Avx512F.UnpackLow(a.AsSingle(), b.AsSingle()) + Avx512F.UnpackHigh(a.AsSingle(), b.AsSingle());
            var cd = Avx512F.UnpackLow(c.AsSingle(), d.AsSingle()) + Avx512F.UnpackHigh(c.AsSingle(), d.AsSingle());
            var lanes = Avx512F.Shuffle(ab, cd, 0x44) + Avx512F.Shuffle(ab, cd, 0xEE);
            var halves = lanes.GetLower() + lanes.GetUpper();
            Store((float*)to, stride, halves.GetLower() + halves.GetUpper());
        }
        else if (Avx512F.IsSupported && typeof(T) == typeof(double))
        {
            var ab = Avx512F.UnpackLow(a.AsDouble(), b.AsDouble()) + Avx512F.UnpackHigh(a.AsDouble(), b.AsDouble());
            var cd = Avx512F.UnpackLow(c.AsDouble(), d.AsDouble()) + Avx512F.UnpackHigh(c.AsDouble(), d.AsDouble());
            StorePairs((double*)to, stride, ab.GetLower() + ab.GetUpper(), cd.GetLower() + cd.GetUpper());
        }
        else
        {
            Store(to, stride, a.GetLower() + a.GetUpper(), b.GetLower() + b.GetUpper(), c.GetLower() + c.GetUpper(), d.GetLower() + d.GetUpper());
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store<T>(T* to, nint stride, Vector256<T> a, Vector256<T> b, Vector256<T> c, Vector256<T> d) where T : unmanaged
    {
        if (Avx.IsSupported && typeof(T) == typeof(float))
        {
            var ab = Avx.UnpackLow(a.AsSingle(), b.AsSingle()) + Avx.UnpackHigh(a.AsSingle(), b.AsSingle());
            var cd = Avx.UnpackLow(c.AsSingle(), d.AsSingle()) + Avx.UnpackHigh(c.AsSingle(), d.AsSingle());
            var lanes = Avx.Shuffle(ab, cd, 0x44) + Avx.Shuffle(ab, cd, 0xEE);
            Store((float*)to, stride, lanes.GetLower() + lanes.GetUpper());
        }
        else if (Avx.IsSupported && typeof(T) == typeof(double))
        {
            var ab = Avx.UnpackLow(a.AsDouble(), b.AsDouble()) + Avx.UnpackHigh(a.AsDouble(), b.AsDouble());
            var cd = Avx.UnpackLow(c.AsDouble(), d.AsDouble()) + Avx.UnpackHigh(c.AsDouble(), d.AsDouble());
            StorePairs((double*)to, stride, ab, cd);
        }
        else
        {
            Store(to, stride, a.GetLower() + a.GetUpper(), b.GetLower() + b.GetUpper(), c.GetLower() + c.GetUpper(), d.GetLower() + d.GetUpper());
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store<T>(T* to, nint stride, Vector128<T> a, Vector128<T> b, Vector128<T> c, Vector128<T> d) where T : unmanaged
    {
        if (Sse.IsSupported && typeof(T) == typeof(float))
        {
            var ab = Sse.UnpackLow(a.AsSingle(), b.AsSingle()) + Sse.UnpackHigh(a.AsSingle(), b.AsSingle());
            var cd = Sse.UnpackLow(c.AsSingle(), d.AsSingle()) + Sse.UnpackHigh(c.AsSingle(), d.AsSingle());
            Store((float*)to, stride, Sse.Shuffle(ab, cd, 0x44) + Sse.Shuffle(ab, cd, 0xEE));
        }
        else
        {
            to[0] = Vector128.Sum(a);
            to[stride] = Vector128.Sum(b);
            to[2 * stride] = Vector128.Sum(c);
            to[3 * stride] = Vector128.Sum(d);
        }
    }

    /// <summary><c>[a b a b] [c d c d]   --->   [a b c d]</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StorePairs(double* to, nint stride, Vector256<double> ab, Vector256<double> cd)
    {
        var sums = Avx.Permute2x128(ab, cd, 0x20) + Avx.Permute2x128(ab, cd, 0x31);
        if (stride == 1)
        {
            sums.Store(to);
            return;
        }
        to[0] = sums[0];
        to[stride] = sums[1];
        to[2 * stride] = sums[2];
        to[3 * stride] = sums[3];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(float* to, nint stride, Vector128<float> sums)
    {
        if (stride == 1)
        {
            sums.Store(to);
            return;
        }
        to[0] = sums[0];
        to[stride] = sums[1];
        to[2 * stride] = sums[2];
        to[3 * stride] = sums[3];
    }
}
