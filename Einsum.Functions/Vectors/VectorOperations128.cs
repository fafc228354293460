using System.Runtime.Intrinsics;

namespace EinsumNet.Functions;

/// <summary>Vectors of 128 bits.</summary>
readonly struct VectorOperations128<T> : IVectorOperations<T, Vector128<T>> where T : unmanaged
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

    public static Vector128<T> Truncate(Vector128<T> value) => typeof(T) == typeof(float) ? Vector128.Truncate(value.AsSingle()).As<float, T>() : Vector128.Truncate(value.AsDouble()).As<double, T>();

    public static Vector128<T> Round(Vector128<T> value) => typeof(T) == typeof(float) ? Vector128.Round(value.AsSingle()).As<float, T>() : Vector128.Round(value.AsDouble()).As<double, T>();

    public static Vector128<T> Exp(Vector128<T> value) => typeof(T) == typeof(float) ? Vector128.Exp(value.AsSingle()).As<float, T>() : Vector128.Exp(value.AsDouble()).As<double, T>();

    public static Vector128<T> Log(Vector128<T> value) => typeof(T) == typeof(float) ? Vector128.Log(value.AsSingle()).As<float, T>() : Vector128.Log(value.AsDouble()).As<double, T>();

    public static Vector128<T> Less(Vector128<T> left, Vector128<T> right) => Vector128.LessThan(left, right);

    public static Vector128<T> Equal(Vector128<T> left, Vector128<T> right) => Vector128.Equals(left, right);

    public static Vector128<T> Select(Vector128<T> mask, Vector128<T> set, Vector128<T> clear) => Vector128.ConditionalSelect(mask, set, clear);

    public static bool All(Vector128<T> mask) => Vector128.EqualsAll(mask.AsInt64(), Vector128<long>.AllBitsSet);

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
