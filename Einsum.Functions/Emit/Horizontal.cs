using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EinsumNet.Functions;

/// <summary>The elements of a vector combined into one, at the end of a reduction: halves with halves, down to 128 bits.</summary>
static class Horizontal
{
    internal static MethodInfo Method(ElementFunction combine, Type vector, Type element) =>
        typeof(Horizontal).GetMethod(combine.ToString(), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(vector, element);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Add<TVector, T>(TVector vector) where TVector : struct where T : unmanaged, INumber<T> => Fold<TVector, T, Sum<T>>(vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Multiply<TVector, T>(TVector vector) where TVector : struct where T : unmanaged, INumber<T> => Fold<TVector, T, Product<T>>(vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Min<TVector, T>(TVector vector) where TVector : struct where T : unmanaged, INumber<T> => Fold<TVector, T, Least<T>>(vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Max<TVector, T>(TVector vector) where TVector : struct where T : unmanaged, INumber<T> => Fold<TVector, T, Greatest<T>>(vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T Fold<TVector, T, TCombine>(TVector vector) where TVector : struct where T : unmanaged where TCombine : ICombine<T>
    {
        if (Unsafe.SizeOf<TVector>() == 64)
        {
            var whole = Unsafe.As<TVector, Vector512<T>>(ref vector);
            return Quarter<T, TCombine>(TCombine.Of(whole.GetLower(), whole.GetUpper()));
        }
        if (Unsafe.SizeOf<TVector>() == 32) return Quarter<T, TCombine>(Unsafe.As<TVector, Vector256<T>>(ref vector));
        return Last<T, TCombine>(Unsafe.As<TVector, Vector128<T>>(ref vector));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T Quarter<T, TCombine>(Vector256<T> half) where T : unmanaged where TCombine : ICombine<T> => Last<T, TCombine>(TCombine.Of(half.GetLower(), half.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T Last<T, TCombine>(Vector128<T> vector) where T : unmanaged where TCombine : ICombine<T>
    {
        var result = vector.GetElement(0);
        for (var i = 1; i < Vector128<T>.Count; i++) result = TCombine.Of(result, vector.GetElement(i));
        return result;
    }

    interface ICombine<T> where T : unmanaged
    {
        static abstract Vector256<T> Of(Vector256<T> left, Vector256<T> right);

        static abstract Vector128<T> Of(Vector128<T> left, Vector128<T> right);

        static abstract T Of(T left, T right);
    }

    readonly struct Sum<T> : ICombine<T> where T : unmanaged, INumber<T>
    {
        public static Vector256<T> Of(Vector256<T> left, Vector256<T> right) => left + right;

        public static Vector128<T> Of(Vector128<T> left, Vector128<T> right) => left + right;

        public static T Of(T left, T right) => left + right;
    }

    readonly struct Product<T> : ICombine<T> where T : unmanaged, INumber<T>
    {
        public static Vector256<T> Of(Vector256<T> left, Vector256<T> right) => left * right;

        public static Vector128<T> Of(Vector128<T> left, Vector128<T> right) => left * right;

        public static T Of(T left, T right) => left * right;
    }

    readonly struct Least<T> : ICombine<T> where T : unmanaged, INumber<T>
    {
        public static Vector256<T> Of(Vector256<T> left, Vector256<T> right) => Vector256.Min(left, right);

        public static Vector128<T> Of(Vector128<T> left, Vector128<T> right) => Vector128.Min(left, right);

        public static T Of(T left, T right) => T.Min(left, right);
    }

    readonly struct Greatest<T> : ICombine<T> where T : unmanaged, INumber<T>
    {
        public static Vector256<T> Of(Vector256<T> left, Vector256<T> right) => Vector256.Max(left, right);

        public static Vector128<T> Of(Vector128<T> left, Vector128<T> right) => Vector128.Max(left, right);

        public static T Of(T left, T right) => T.Max(left, right);
    }
}
