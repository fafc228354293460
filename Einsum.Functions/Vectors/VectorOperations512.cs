using System.Runtime.Intrinsics;

namespace EinsumNet.Functions;

/// <summary>Vectors of 512 bits.</summary>
readonly struct VectorOperations512<T> : IVectorOperations<T, Vector512<T>> where T : unmanaged
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

    public static Vector512<T> Truncate(Vector512<T> value) => typeof(T) == typeof(float) ? Vector512.Truncate(value.AsSingle()).As<float, T>() : Vector512.Truncate(value.AsDouble()).As<double, T>();

    public static Vector512<T> Round(Vector512<T> value) => typeof(T) == typeof(float) ? Vector512.Round(value.AsSingle()).As<float, T>() : Vector512.Round(value.AsDouble()).As<double, T>();

    public static Vector512<T> Exp(Vector512<T> value) => typeof(T) == typeof(float) ? Vector512.Exp(value.AsSingle()).As<float, T>() : Vector512.Exp(value.AsDouble()).As<double, T>();

    public static Vector512<T> Log(Vector512<T> value) => typeof(T) == typeof(float) ? Vector512.Log(value.AsSingle()).As<float, T>() : Vector512.Log(value.AsDouble()).As<double, T>();

    public static Vector512<T> Less(Vector512<T> left, Vector512<T> right) => Vector512.LessThan(left, right);

    public static Vector512<T> Equal(Vector512<T> left, Vector512<T> right) => Vector512.Equals(left, right);

    public static Vector512<T> Select(Vector512<T> mask, Vector512<T> set, Vector512<T> clear) => Vector512.ConditionalSelect(mask, set, clear);

    public static bool All(Vector512<T> mask) => Vector512.EqualsAll(mask.AsInt64(), Vector512<long>.AllBitsSet);

    public static (Vector512<T> Mantissa, Vector512<T> Exponent) Split(Vector512<T> value)
    {
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
