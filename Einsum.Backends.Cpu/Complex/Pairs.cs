using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary>Vectors of doubles as pairs, the real and the imaginary part of a number each.</summary>
static unsafe class Pairs
{
    /// <summary>Both parts of each pair exchanged.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Swap<V>(V pairs) where V : struct
    {
        if (typeof(V) == typeof(Vector512<double>)) return (V)(object)Vector512.Shuffle((Vector512<double>)(object)pairs, Vector512.Create(1L, 0, 3, 2, 5, 4, 7, 6));
        if (typeof(V) == typeof(Vector256<double>)) return (V)(object)Vector256.Shuffle((Vector256<double>)(object)pairs, Vector256.Create(1L, 0, 3, 2));
        return (V)(object)Vector128.Shuffle((Vector128<double>)(object)pairs, Vector128.Create(1L, 0));
    }

    /// <summary>The first part of each pair twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Real<V>(V pairs) where V : struct
    {
        if (typeof(V) == typeof(Vector512<double>)) return (V)(object)Vector512.Shuffle((Vector512<double>)(object)pairs, Vector512.Create(0L, 0, 2, 2, 4, 4, 6, 6));
        if (typeof(V) == typeof(Vector256<double>)) return (V)(object)Vector256.Shuffle((Vector256<double>)(object)pairs, Vector256.Create(0L, 0, 2, 2));
        return (V)(object)Vector128.Shuffle((Vector128<double>)(object)pairs, Vector128.Create(0L, 0));
    }

    /// <summary>The second part of each pair twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Imaginary<V>(V pairs) where V : struct
    {
        if (typeof(V) == typeof(Vector512<double>)) return (V)(object)Vector512.Shuffle((Vector512<double>)(object)pairs, Vector512.Create(1L, 1, 3, 3, 5, 5, 7, 7));
        if (typeof(V) == typeof(Vector256<double>)) return (V)(object)Vector256.Shuffle((Vector256<double>)(object)pairs, Vector256.Create(1L, 1, 3, 3));
        return (V)(object)Vector128.Shuffle((Vector128<double>)(object)pairs, Vector128.Create(1L, 1));
    }

    /// <summary>The same pair all over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Repeat<V>(double real, double imaginary) where V : struct
    {
        if (typeof(V) == typeof(Vector512<double>)) return (V)(object)Vector512.Create(Vector256.Create(Vector128.Create(real, imaginary)));
        if (typeof(V) == typeof(Vector256<double>)) return (V)(object)Vector256.Create(Vector128.Create(real, imaginary));
        return (V)(object)Vector128.Create(real, imaginary);
    }

    /// <summary>The sum of the pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<double> Sum<V>(V pairs) where V : struct
    {
        if (typeof(V) == typeof(Vector128<double>)) return (Vector128<double>)(object)pairs;
        Vector256<double> half;
        if (typeof(V) == typeof(Vector512<double>))
        {
            var all = (Vector512<double>)(object)pairs;
            half = all.GetLower() + all.GetUpper();
        }
        else half = (Vector256<double>)(object)pairs;
        return half.GetLower() + half.GetUpper();
    }
}
