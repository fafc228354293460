using System.Numerics;
using System.Reflection;
using System.Runtime.Intrinsics;

namespace EinsumNet.Functions;

/// <summary>What each <see cref="ElementFunction"/> means for one element: the interpreter's rule, and what emitted scalar code calls.</summary>
static class Scalars
{
    internal static T Add<T>(T left, T right) where T : INumberBase<T> => left + right;

    internal static T Subtract<T>(T left, T right) where T : INumberBase<T> => left - right;

    internal static T Multiply<T>(T left, T right) where T : INumberBase<T> => left * right;

    internal static T Divide<T>(T left, T right) where T : INumberBase<T> => left / right;

    internal static T Remainder<T>(T left, T right) where T : INumber<T> => left % right;

    internal static T Min<T>(T left, T right) where T : INumber<T> => T.Min(left, right);

    internal static T Max<T>(T left, T right) where T : INumber<T> => T.Max(left, right);

    internal static T Negate<T>(T value) where T : INumberBase<T> => -value;

    internal static T Abs<T>(T value) where T : INumber<T> => value < T.Zero ? -value : T.IsZero(value) ? T.Zero : value;

    internal static T Pow<T>(T left, T right) where T : IFloatingPointIeee754<T> => T.Pow(left, right);

    internal static T Exp<T>(T value) where T : IFloatingPointIeee754<T> => T.Exp(value);

    internal static T Log<T>(T value) where T : IFloatingPointIeee754<T> => T.Log(value);

    // The platform's LogP1 and ExpM1 are Log(1 + x) and Exp(x) - 1 as written, which lose every digit of a small x. These are Kahan's.
    internal static T Log1P<T>(T value) where T : IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(Half)) return T.CreateTruncating(Log1P(float.CreateTruncating(value)));
        var sum = T.One + value;
        return sum == T.One ? value : T.IsPositiveInfinity(sum) ? sum : T.Log(sum) * (value / (sum - T.One));
    }

    internal static T ExpM1<T>(T value) where T : IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(Half)) return T.CreateTruncating(ExpM1(float.CreateTruncating(value)));
        var power = T.Exp(value);
        if (power == T.One) return value;
        var less = power - T.One;
        return less == -T.One || T.IsInfinity(power) ? less : less * (value / T.Log(power));
    }

    internal static T Sqrt<T>(T value) where T : IFloatingPointIeee754<T> => T.Sqrt(value);

    internal static T Sin<T>(T value) where T : IFloatingPointIeee754<T> => T.Sin(value);

    internal static T Cos<T>(T value) where T : IFloatingPointIeee754<T> => T.Cos(value);

    internal static T Tanh<T>(T value) where T : IFloatingPointIeee754<T> => T.Tanh(value);

    internal static T Erf<T>(T value) where T : IFloatingPointIeee754<T> =>
        T.CreateTruncating(VectorMath<double, Vector128<double>, VectorOperations128<double>>.Erf(Vector128.CreateScalar(double.CreateTruncating(value))).ToScalar());

    internal static bool Equal<T>(T left, T right) where T : IEquatable<T>, IEqualityOperators<T, T, bool> => left == right;

    internal static bool NotEqual<T>(T left, T right) where T : IEqualityOperators<T, T, bool> => left != right;

    internal static bool Less<T>(T left, T right) where T : INumber<T> => left < right;

    internal static bool LessOrEqual<T>(T left, T right) where T : INumber<T> => left <= right;

    internal static bool And(bool left, bool right) => left & right;

    internal static bool Or(bool left, bool right) => left | right;

    internal static bool Not(bool value) => !value;

    internal static T Select<T>(bool condition, T yes, T no) => condition ? yes : no;

    internal static TTo Convert<TFrom, TTo>(TFrom value) where TFrom : INumber<TFrom> where TTo : INumber<TTo> => TTo.CreateTruncating(value);

    internal static TTo RealPart<TTo>(Complex value) where TTo : INumber<TTo> => TTo.CreateTruncating(value.Real);

    internal static Complex ToComplex<TFrom>(TFrom value) where TFrom : INumber<TFrom> => new(double.CreateTruncating(value), 0);

    internal static Complex Itself(Complex value) => value;

    internal static TTo FromBool<TTo>(bool value) where TTo : INumberBase<TTo> => value ? TTo.One : TTo.Zero;

    internal static bool ToBool<TFrom>(TFrom value) where TFrom : INumberBase<TFrom> => !TFrom.IsZero(value);

    /// <summary>The method of a function for an element type.</summary>
    internal static MethodInfo Method(ElementFunction function, ElementType element)
    {
        if (element == ElementType.Complex && typeof(ComplexScalars).GetMethod(function.ToString(), BindingFlags.Static | BindingFlags.NonPublic) is { } complex) return complex;
        var method = Named(function.ToString());
        // bool is no operator type of generic mathematics.
        if (element == ElementType.Bool && function.IsComparison()) return Named(function == ElementFunction.Equal ? nameof(EqualBool) : nameof(NotEqualBool));
        return method.IsGenericMethodDefinition ? method.MakeGenericMethod(element.ToType()) : method;
    }

    internal static bool EqualBool(bool left, bool right) => left == right;

    internal static bool NotEqualBool(bool left, bool right) => left != right;

    /// <summary>The method that converts one element type to another.</summary>
    internal static MethodInfo Conversion(ElementType from, ElementType to) => (from, to) switch
    {
        (ElementType.Bool, _) => Named(nameof(FromBool)).MakeGenericMethod(to.ToType()),
        (_, ElementType.Bool) => Named(nameof(ToBool)).MakeGenericMethod(from.ToType()),
        (ElementType.Complex, ElementType.Complex) => Named(nameof(Itself)),
        (ElementType.Complex, _) => Named(nameof(RealPart)).MakeGenericMethod(to.ToType()),
        (_, ElementType.Complex) => Named(nameof(ToComplex)).MakeGenericMethod(from.ToType()),
        _ => Named(nameof(Convert)).MakeGenericMethod(from.ToType(), to.ToType()),
    };

    static MethodInfo Named(string name) => typeof(Scalars).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!;
}
