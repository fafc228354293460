using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EinsumNet.Functions;

/// <summary>Vectors of 256 bits.</summary>
readonly struct VectorOperations256<T> : IVectorOperations<T, Vector256<T>> where T : unmanaged, INumber<T>
{
    public static int Count => Vector256<T>.Count;

    public static Vector256<T> Create(T value) => Vector256.Create(value);

    public static Vector256<T> Add(Vector256<T> left, Vector256<T> right) => left + right;

    public static Vector256<T> Subtract(Vector256<T> left, Vector256<T> right) => left - right;

    public static Vector256<T> Multiply(Vector256<T> left, Vector256<T> right) => left * right;

    public static Vector256<T> Divide(Vector256<T> left, Vector256<T> right) => left / right;

    public static Vector256<T> MultiplyAdd(Vector256<T> left, Vector256<T> right, Vector256<T> addend) => typeof(T) == typeof(float)
        ? Vector256.FusedMultiplyAdd(left.AsSingle(), right.AsSingle(), addend.AsSingle()).As<float, T>()
        : Vector256.FusedMultiplyAdd(left.AsDouble(), right.AsDouble(), addend.AsDouble()).As<double, T>();

    public static Vector256<T> Abs(Vector256<T> value) => Vector256.Abs(value);

    public static Vector256<T> Negate(Vector256<T> value) => -value;

    public static Vector256<T> Min(Vector256<T> left, Vector256<T> right) => Vector256.Min(left, right);

    public static Vector256<T> Clamp(Vector256<T> value, Vector256<T> least, Vector256<T> most) => Vector256.MinNative(most, Vector256.MaxNative(least, value));

    public static Vector256<T> Truncate(Vector256<T> value) => typeof(T) == typeof(float) ? Vector256.Truncate(value.AsSingle()).As<float, T>() : Vector256.Truncate(value.AsDouble()).As<double, T>();

    public static Vector256<T> Round(Vector256<T> value) => typeof(T) == typeof(float) ? Vector256.Round(value.AsSingle()).As<float, T>() : Vector256.Round(value.AsDouble()).As<double, T>();

    public static Vector256<T> Sin(Vector256<T> value) => typeof(T) == typeof(float) ? Vector256.Sin(value.AsSingle()).As<float, T>() : Vector256.Sin(value.AsDouble()).As<double, T>();

    public static Vector256<T> Cos(Vector256<T> value) => typeof(T) == typeof(float) ? Vector256.Cos(value.AsSingle()).As<float, T>() : Vector256.Cos(value.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Scale(Vector256<T> value, Vector256<T> exponent)
    {
        var half = Round(exponent * Create(T.CreateTruncating(0.5)));
        return value * Power(half) * Power(exponent - half);
    }

    /// <summary>Two to the power of whole numbers: the sum's last digits are the bits of the exponent, and the others are shifted out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> Power(Vector256<T> exponent) => typeof(T) == typeof(float)
        ? ((exponent.AsSingle() + Vector256.Create(1.5f * (1 << 23) + 127)).AsInt32() << 23).As<int, T>()
        : ((exponent.AsDouble() + Vector256.Create(1.5 * (1L << 52) + 1023)).AsInt64() << 52).As<long, T>();

    public static Vector256<T> Less(Vector256<T> left, Vector256<T> right) => Vector256.LessThan(left, right);

    public static Vector256<T> Equal(Vector256<T> left, Vector256<T> right) => Vector256.Equals(left, right);

    public static Vector256<T> Select(Vector256<T> mask, Vector256<T> set, Vector256<T> clear) => Vector256.ConditionalSelect(mask, set, clear);

    public static bool All(Vector256<T> mask) => Vector256.EqualsAll(mask.AsInt64(), Vector256<long>.AllBitsSet);

    public static bool SplitsAll => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<T> Mantissa, Vector256<T> Exponent) Split(Vector256<T> value)
    {
        // The bits of sqrt(1/2), so that what remains of an exponent is relative to it.
        if (typeof(T) == typeof(float))
        {
            var single = value.AsInt32();
            var power = (single - Vector256.Create(0x3F3504F3)) >> 23;
            return ((single - (power << 23)).As<int, T>(), Vector256.ConvertToSingle(power).As<float, T>());
        }
        var bits = value.AsInt64();
        var exponent = (bits - Vector256.Create(0x3FE6A09E667F3BCDL)) >> 52;
        return ((bits - (exponent << 52)).As<long, T>(), Vector256.ConvertToDouble(exponent).As<double, T>());
    }

    public static Vector256<T> CopySign(Vector256<T> value, Vector256<T> sign) => Vector256.CopySign(value, sign);
}
