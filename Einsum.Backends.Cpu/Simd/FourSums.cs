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
        if (Avx512F.IsSupported && sizeof(T) == sizeof(float))
        {
            var ab = Avx512F.UnpackLow(a.AsSingle(), b.AsSingle()).As<float, T>() + Avx512F.UnpackHigh(a.AsSingle(), b.AsSingle()).As<float, T>();
            var cd = Avx512F.UnpackLow(c.AsSingle(), d.AsSingle()).As<float, T>() + Avx512F.UnpackHigh(c.AsSingle(), d.AsSingle()).As<float, T>();
            var lanes = Avx512F.Shuffle(ab.AsSingle(), cd.AsSingle(), 0x44).As<float, T>() + Avx512F.Shuffle(ab.AsSingle(), cd.AsSingle(), 0xEE).As<float, T>();
            var halves = lanes.GetLower() + lanes.GetUpper();
            Store(to, stride, halves.GetLower() + halves.GetUpper());
        }
        else if (Avx512F.IsSupported && sizeof(T) == sizeof(double))
        {
            var ab = Avx512F.UnpackLow(a.AsDouble(), b.AsDouble()).As<double, T>() + Avx512F.UnpackHigh(a.AsDouble(), b.AsDouble()).As<double, T>();
            var cd = Avx512F.UnpackLow(c.AsDouble(), d.AsDouble()).As<double, T>() + Avx512F.UnpackHigh(c.AsDouble(), d.AsDouble()).As<double, T>();
            StorePairs(to, stride, ab.GetLower() + ab.GetUpper(), cd.GetLower() + cd.GetUpper());
        }
        else
        {
            Store(to, stride, a.GetLower() + a.GetUpper(), b.GetLower() + b.GetUpper(), c.GetLower() + c.GetUpper(), d.GetLower() + d.GetUpper());
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store<T>(T* to, nint stride, Vector256<T> a, Vector256<T> b, Vector256<T> c, Vector256<T> d) where T : unmanaged
    {
        if (Avx2.IsSupported && sizeof(T) == sizeof(float))
        {
            var ab = Avx.UnpackLow(a.AsSingle(), b.AsSingle()).As<float, T>() + Avx.UnpackHigh(a.AsSingle(), b.AsSingle()).As<float, T>();
            var cd = Avx.UnpackLow(c.AsSingle(), d.AsSingle()).As<float, T>() + Avx.UnpackHigh(c.AsSingle(), d.AsSingle()).As<float, T>();
            var lanes = Avx.Shuffle(ab.AsSingle(), cd.AsSingle(), 0x44).As<float, T>() + Avx.Shuffle(ab.AsSingle(), cd.AsSingle(), 0xEE).As<float, T>();
            Store(to, stride, lanes.GetLower() + lanes.GetUpper());
        }
        else if (Avx2.IsSupported && sizeof(T) == sizeof(double))
        {
            var ab = Avx.UnpackLow(a.AsDouble(), b.AsDouble()).As<double, T>() + Avx.UnpackHigh(a.AsDouble(), b.AsDouble()).As<double, T>();
            var cd = Avx.UnpackLow(c.AsDouble(), d.AsDouble()).As<double, T>() + Avx.UnpackHigh(c.AsDouble(), d.AsDouble()).As<double, T>();
            StorePairs(to, stride, ab, cd);
        }
        else
        {
            Store(to, stride, a.GetLower() + a.GetUpper(), b.GetLower() + b.GetUpper(), c.GetLower() + c.GetUpper(), d.GetLower() + d.GetUpper());
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store<T>(T* to, nint stride, Vector128<T> a, Vector128<T> b, Vector128<T> c, Vector128<T> d) where T : unmanaged
    {
        if (Sse.IsSupported && sizeof(T) == sizeof(float))
        {
            var ab = Sse.UnpackLow(a.AsSingle(), b.AsSingle()).As<float, T>() + Sse.UnpackHigh(a.AsSingle(), b.AsSingle()).As<float, T>();
            var cd = Sse.UnpackLow(c.AsSingle(), d.AsSingle()).As<float, T>() + Sse.UnpackHigh(c.AsSingle(), d.AsSingle()).As<float, T>();
            Store(to, stride, Sse.Shuffle(ab.AsSingle(), cd.AsSingle(), 0x44).As<float, T>() + Sse.Shuffle(ab.AsSingle(), cd.AsSingle(), 0xEE).As<float, T>());
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
    static void StorePairs<T>(T* to, nint stride, Vector256<T> ab, Vector256<T> cd) where T : unmanaged
    {
        var sums = Avx.Permute2x128(ab.AsDouble(), cd.AsDouble(), 0x20).As<double, T>() + Avx.Permute2x128(ab.AsDouble(), cd.AsDouble(), 0x31).As<double, T>();
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
    static void Store<T>(T* to, nint stride, Vector128<T> sums) where T : unmanaged
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
