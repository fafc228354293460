using System.Numerics;
using System.Runtime.CompilerServices;

namespace EinsumNet.Functions;

/// <content>Powers.</content>
static partial class VectorMath<T, V, S>
{
    /// <summary>
    /// exp(y log x), the logarithm as a sum of two numbers, because an exponent multiplies its error: x = 2^n m with m near 1, s = (m - 1) / (m + 1),
    /// log m = 2 s + 2/3 s^3 + 2/5 s^5 + ... Where x is no positive normal number, or the result may not be one, it is the scalar's.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static V Pow(V x, V y)
    {
        var isPlain = S.Select(S.Less(x, SmallestNormal), S.Create(T.Zero), S.Less(x, Number(double.PositiveInfinity)));
        var (high, low) = LogOf(x);
        var power = S.Multiply(y, high);
        isPlain = S.Select(S.Less(S.Abs(power), Number(IsFloat ? 87 : 708)), isPlain, S.Create(T.Zero));
        var rest = S.MultiplyAdd(y, low, S.MultiplyAdd(y, high, S.Negate(power)));
        var result = Exp(power);
        result = S.MultiplyAdd(result, rest, result);
        return S.All(isPlain) ? result : EachElement(result, isPlain, x, y, Scalars.Pow);
    }

    static V SmallestNormal
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Number(IsFloat ? 1.17549435e-38 : 2.2250738585072014e-308);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (V High, V Low) LogOf(V x)
    {
        var (mantissa, exponent) = S.Split(x);
        // s = (m - 1) / (m + 1), with what the sum and the quotient lose.
        var less = S.Subtract(mantissa, One);
        var sum = S.Add(mantissa, One);
        var sumRest = S.Subtract(mantissa, S.Subtract(sum, One));
        var s = S.Divide(less, sum);
        var sRest = S.Divide(S.MultiplyAdd(S.Negate(s), sumRest, S.MultiplyAdd(S.Negate(s), sum, less)), sum);

        var (square, squareRest) = Product(s, s);
        squareRest = S.MultiplyAdd(S.Add(s, s), sRest, squareRest);
        var (cube, cubeRest) = Product(s, square);
        cubeRest = S.MultiplyAdd(s, squareRest, S.MultiplyAdd(sRest, square, cubeRest));
        var twoThirds = T.CreateTruncating(2) / T.CreateTruncating(3);
        var (third, thirdRest) = Product(cube, S.Create(twoThirds));
        var tail = Polynomial(square, 2.0 / 23, 2.0 / 21, 2.0 / 19, 2.0 / 17, 2.0 / 15, 2.0 / 13, 2.0 / 11, 2.0 / 9, 2.0 / 7, 2.0 / 5);
        tail = S.Multiply(S.Multiply(cube, square), tail);
        // What 2/3 lost: 2 - 3 twoThirds is exact in one rounding.
        var lost = T.FusedMultiplyAdd(-T.CreateTruncating(3), twoThirds, T.CreateTruncating(2)) / T.CreateTruncating(3);
        thirdRest = S.Add(S.Add(S.MultiplyAdd(cube, S.Create(lost), thirdRest), S.Multiply(cubeRest, S.Create(twoThirds))), tail);

        var (high, low) = Sum(S.Add(s, s), third);
        low = S.Add(S.Add(low, S.Add(sRest, sRest)), thirdRest);
        // n log 2, its first part with so few digits that the product is exact.
        var (log2, log2Rest) = typeof(T) == typeof(float) ? (0.693359375, -2.12194440054690583e-4) : (0.69314718055989033, 5.4979230187083712e-14);
        var (total, totalRest) = Sum(S.Multiply(exponent, Number(log2)), high);
        return Sum(total, S.Add(S.MultiplyAdd(exponent, Number(log2Rest), low), totalRest));
    }

    /// <summary>A product and what its rounding lost.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (V Value, V Lost) Product(V left, V right)
    {
        var product = S.Multiply(left, right);
        return (product, S.MultiplyAdd(left, right, S.Negate(product)));
    }

    /// <summary>A sum and what its rounding lost, where the left is zero or the greater.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (V Value, V Lost) Sum(V left, V right)
    {
        var sum = S.Add(left, right);
        return (sum, S.Subtract(right, S.Subtract(sum, left)));
    }
}
