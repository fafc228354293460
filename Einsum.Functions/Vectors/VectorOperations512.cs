using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Functions;

/// <summary>Vectors of 512 bits.</summary>
readonly struct VectorOperations512<T> : IVectorOperations<T, Vector512<T>> where T : unmanaged, INumber<T>
{
    public static int Count => Vector512<T>.Count;

    public static Vector512<T> Create(T value) => Vector512.Create(value);

    public static Vector512<T> Add(Vector512<T> left, Vector512<T> right) => left + right;

    public static Vector512<T> Subtract(Vector512<T> left, Vector512<T> right) => left - right;

    public static Vector512<T> Multiply(Vector512<T> left, Vector512<T> right) => left * right;

    public static Vector512<T> Divide(Vector512<T> left, Vector512<T> right) => left / right;

    public static Vector512<T> MultiplyAdd(Vector512<T> left, Vector512<T> right, Vector512<T> addend) => typeof(T) == typeof(float)
        ? Vector512.FusedMultiplyAdd(left.AsSingle(), right.AsSingle(), addend.AsSingle()).As<float, T>()
        : Vector512.FusedMultiplyAdd(left.AsDouble(), right.AsDouble(), addend.AsDouble()).As<double, T>();

    public static Vector512<T> Abs(Vector512<T> value) => Vector512.Abs(value);

    public static Vector512<T> Negate(Vector512<T> value) => -value;

    public static Vector512<T> Min(Vector512<T> left, Vector512<T> right) => Vector512.Min(left, right);

    public static Vector512<T> Clamp(Vector512<T> value, Vector512<T> least, Vector512<T> most) => Vector512.MinNative(most, Vector512.MaxNative(least, value));

    public static Vector512<T> Truncate(Vector512<T> value) => typeof(T) == typeof(float) ? Vector512.Truncate(value.AsSingle()).As<float, T>() : Vector512.Truncate(value.AsDouble()).As<double, T>();

    public static Vector512<T> Round(Vector512<T> value) => typeof(T) == typeof(float) ? Vector512.Round(value.AsSingle()).As<float, T>() : Vector512.Round(value.AsDouble()).As<double, T>();

    public static Vector512<T> Sin(Vector512<T> value) => typeof(T) == typeof(float) ? Vector512.Sin(value.AsSingle()).As<float, T>() : Vector512.Sin(value.AsDouble()).As<double, T>();

    public static Vector512<T> Cos(Vector512<T> value) => typeof(T) == typeof(float) ? Vector512.Cos(value.AsSingle()).As<float, T>() : Vector512.Cos(value.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Scale(Vector512<T> value, Vector512<T> exponent)
    {
        if (Avx512F.IsSupported) return typeof(T) == typeof(float) ? Avx512F.Scale(value.AsSingle(), exponent.AsSingle()).As<float, T>() : Avx512F.Scale(value.AsDouble(), exponent.AsDouble()).As<double, T>();
        var half = Round(exponent * Create(T.CreateTruncating(0.5)));
        return value * Power(half) * Power(exponent - half);
    }

    /// <summary>Two to the power of whole numbers: the sum's last digits are the bits of the exponent, and the others are shifted out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> Power(Vector512<T> exponent) => typeof(T) == typeof(float)
        ? ((exponent.AsSingle() + Vector512.Create(1.5f * (1 << 23) + 127)).AsInt32() << 23).As<int, T>()
        : ((exponent.AsDouble() + Vector512.Create(1.5 * (1L << 52) + 1023)).AsInt64() << 52).As<long, T>();

    public static Vector512<T> Less(Vector512<T> left, Vector512<T> right) => Vector512.LessThan(left, right);

    public static Vector512<T> Equal(Vector512<T> left, Vector512<T> right) => Vector512.Equals(left, right);

    public static Vector512<T> Select(Vector512<T> mask, Vector512<T> set, Vector512<T> clear) => Vector512.ConditionalSelect(mask, set, clear);

    public static bool All(Vector512<T> mask) => Vector512.EqualsAll(mask.AsInt64(), Vector512<long>.AllBitsSet);

    public static bool SplitsAll => Avx512F.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<T> Mantissa, Vector512<T> Exponent) Split(Vector512<T> value)
    {
        if (Avx512F.IsSupported)
        {
            // Mantissas from 3/4 to 3/2, and NaN for what is negative; those below 1 took one from the exponent.
            const byte control = 0x0B;
            if (typeof(T) == typeof(float))
            {
                var mantissaOfSingle = Avx512F.GetMantissa(value.AsSingle(), control);
                return (mantissaOfSingle.As<float, T>(), (Avx512F.GetExponent(value.AsSingle()) - Avx512F.GetExponent(mantissaOfSingle)).As<float, T>());
            }
            var mantissa = Avx512F.GetMantissa(value.AsDouble(), control);
            return (mantissa.As<double, T>(), (Avx512F.GetExponent(value.AsDouble()) - Avx512F.GetExponent(mantissa)).As<double, T>());
        }
        // The bits of sqrt(1/2), so that what remains of an exponent is relative to it.
        if (typeof(T) == typeof(float))
        {
            var single = value.AsInt32();
            var power = (single - Vector512.Create(0x3F3504F3)) >> 23;
            return ((single - (power << 23)).As<int, T>(), Vector512.ConvertToSingle(power).As<float, T>());
        }
        var bits = value.AsInt64();
        var exponent = (bits - Vector512.Create(0x3FE6A09E667F3BCDL)) >> 52;
        return ((bits - (exponent << 52)).As<long, T>(), Vector512.ConvertToDouble(exponent).As<double, T>());
    }

    public static Vector512<T> CopySign(Vector512<T> value, Vector512<T> sign) => Vector512.CopySign(value, sign);
}
