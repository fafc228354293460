using System.Numerics;
using EinsumNet.Functions;

namespace EinsumNet.Tests.Gpu;

/// <summary>What the functions of elements mean that kernels of traced functions call: <c>exp_f32</c>, <c>div_i64</c>.</summary>
static class IrFunctions
{
    internal static IrValue Of(string name, IrValue[] x) => name.Split('_') is not [var function, var type] ? throw new InvalidOperationException($"No meaning for {name}.") : type switch
    {
        "f32" => IrValue.Of(Real(function, [.. x.Select(value => (float)value.Real)])),
        "f64" => IrValue.Of(Real(function, [.. x.Select(value => value.Real)])),
        "c128" => OfComplex(function, [.. x.Select(value => value.Complex)]),
        "u32" => new(Unsigned(function, (uint)x[0].Whole, (uint)x[1].Whole)),
        "u64" => new((long)Unsigned(function, (ulong)x[0].Whole, (ulong)x[1].Whole)),
        "i32" => new(Whole(function, (int)x[0].Whole, (int)x[1].Whole)),
        "i64" => new(Whole(function, x[0].Whole, x[1].Whole)),
        _ => throw new InvalidOperationException($"No meaning for {name}."),
    };

    static T Real<T>(string function, T[] x) where T : IFloatingPointIeee754<T> => function switch
    {
        "mul" => x[0] * x[1],
        "half" => T.CreateTruncating(Half.CreateTruncating(x[0])),
        "neg" => -x[0],
        "abs" => T.Abs(x[0]),
        "rem" => x[0] % x[1],
        "min" => T.Min(x[0], x[1]),
        "max" => T.Max(x[0], x[1]),
        "pow" => T.Pow(x[0], x[1]),
        "exp" => T.Exp(x[0]),
        "log" => T.Log(x[0]),
        "log1p" => Scalars.Log1P(x[0]),
        "expm1" => Scalars.ExpM1(x[0]),
        "sqrt" => T.Sqrt(x[0]),
        "sin" => T.Sin(x[0]),
        "cos" => T.Cos(x[0]),
        "tanh" => T.Tanh(x[0]),
        "erf" => Scalars.Erf(x[0]),
        _ => throw new InvalidOperationException($"No meaning for {function}."),
    };

    static IrValue OfComplex(string function, Complex[] x) => function switch
    {
        "equal" => IrValue.Of(x[0] == x[1]),
        "notequal" => IrValue.Of(x[0] != x[1]),
        "abs" => IrValue.Of(Complex.Abs(x[0])),
        _ => Of(function switch
        {
            "add" => x[0] + x[1],
            "subtract" => x[0] - x[1],
            "multiply" => x[0] * x[1],
            "divide" => x[0] / x[1],
            "negate" => -x[0],
            "conj" => Complex.Conjugate(x[0]),
            "pow" => Complex.Pow(x[0], x[1]),
            "exp" => Complex.Exp(x[0]),
            "log" => Complex.Log(x[0]),
            "sqrt" => Complex.Sqrt(x[0]),
            "sin" => Complex.Sin(x[0]),
            "cos" => Complex.Cos(x[0]),
            "tanh" => Complex.Tanh(x[0]),
            _ => throw new InvalidOperationException($"No meaning for {function}."),
        }),
    };

    static IrValue Of(Complex value) => IrValue.Of(value.Real, value.Imaginary);

    static T Unsigned<T>(string function, T x, T y) where T : IUnsignedNumber<T>, IModulusOperators<T, T, T> => T.IsZero(y) ? y : function == "div" ? x / y : x % y;

    static T Whole<T>(string function, T x, T y) where T : IBinaryInteger<T> => function switch
    {
        "div" => T.IsZero(y) ? y : y == -T.One ? unchecked(-x) : x / y,
        "rem" => T.IsZero(y) || y == -T.One ? T.Zero : x % y,
        _ => throw new InvalidOperationException($"No meaning for {function}."),
    };
}
