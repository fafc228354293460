using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EinsumNet.Functions;

/// <summary>Vectors of 128 bits.</summary>
readonly struct VectorOperations128<T> : IVectorOperations<T, Vector128<T>> where T : unmanaged, INumber<T>
{
    public static int Count => Vector128<T>.Count;

    public static Vector128<T> Create(T value) => Vector128.Create(value);

    public static Vector128<T> Add(Vector128<T> left, Vector128<T> right) => left + right;

    public static Vector128<T> Subtract(Vector128<T> left, Vector128<T> right) => left - right;

    public static Vector128<T> Multiply(Vector128<T> left, Vector128<T> right) => left * right;

    public static Vector128<T> Divide(Vector128<T> left, Vector128<T> right) => left / right;

    public static Vector128<T> MultiplyAdd(Vector128<T> left, Vector128<T> right, Vector128<T> addend) => typeof(T) == typeof(float)
        ? Vector128.FusedMultiplyAdd(left.AsSingle(), right.AsSingle(), addend.AsSingle()).As<float, T>()
        : Vector128.FusedMultiplyAdd(left.AsDouble(), right.AsDouble(), addend.AsDouble()).As<double, T>();

    public static Vector128<T> Abs(Vector128<T> value) => Vector128.Abs(value);

    public static Vector128<T> Negate(Vector128<T> value) => -value;

    public static Vector128<T> Min(Vector128<T> left, Vector128<T> right) => Vector128.Min(left, right);

    public static Vector128<T> Clamp(Vector128<T> value, Vector128<T> least, Vector128<T> most) => Vector128.MinNative(most, Vector128.MaxNative(least, value));

    public static Vector128<T> Truncate(Vector128<T> value) => typeof(T) == typeof(float) ? Vector128.Truncate(value.AsSingle()).As<float, T>() : Vector128.Truncate(value.AsDouble()).As<double, T>();

    public static Vector128<T> Round(Vector128<T> value) => typeof(T) == typeof(float) ? Vector128.Round(value.AsSingle()).As<float, T>() : Vector128.Round(value.AsDouble()).As<double, T>();

    public static Vector128<T> Sin(Vector128<T> value) => typeof(T) == typeof(float) ? Vector128.Sin(value.AsSingle()).As<float, T>() : Vector128.Sin(value.AsDouble()).As<double, T>();

    public static Vector128<T> Cos(Vector128<T> value) => typeof(T) == typeof(float) ? Vector128.Cos(value.AsSingle()).As<float, T>() : Vector128.Cos(value.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Scale(Vector128<T> value, Vector128<T> exponent)
    {
        var half = Round(exponent * Create(T.CreateTruncating(0.5)));
        return value * Power(half) * Power(exponent - half);
    }

    /// <summary>Two to the power of whole numbers: the sum's last digits are the bits of the exponent, and the others are shifted out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> Power(Vector128<T> exponent) => typeof(T) == typeof(float)
        ? ((exponent.AsSingle() + Vector128.Create(1.5f * (1 << 23) + 127)).AsInt32() << 23).As<int, T>()
        : ((exponent.AsDouble() + Vector128.Create(1.5 * (1L << 52) + 1023)).AsInt64() << 52).As<long, T>();

    public static Vector128<T> Less(Vector128<T> left, Vector128<T> right) => Vector128.LessThan(left, right);

    public static Vector128<T> Equal(Vector128<T> left, Vector128<T> right) => Vector128.Equals(left, right);

    public static Vector128<T> Select(Vector128<T> mask, Vector128<T> set, Vector128<T> clear) => Vector128.ConditionalSelect(mask, set, clear);

    public static bool All(Vector128<T> mask) => Vector128.EqualsAll(mask.AsInt64(), Vector128<long>.AllBitsSet);

    public static bool SplitsAll => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector128<T> Mantissa, Vector128<T> Exponent) Split(Vector128<T> value)
    {
        // The bits of sqrt(1/2), so that what remains of an exponent is relative to it.
        if (typeof(T) == typeof(float))
        {
            var single = value.AsInt32();
            var power = (single - Vector128.Create(0x3F3504F3)) >> 23;
            return ((single - (power << 23)).As<int, T>(), Vector128.ConvertToSingle(power).As<float, T>());
        }
        var bits = value.AsInt64();
        var exponent = (bits - Vector128.Create(0x3FE6A09E667F3BCDL)) >> 52;
        return ((bits - (exponent << 52)).As<long, T>(), Vector128.ConvertToDouble(exponent).As<double, T>());
    }

    public static Vector128<T> CopySign(Vector128<T> value, Vector128<T> sign) => Vector128.CopySign(value, sign);
}
