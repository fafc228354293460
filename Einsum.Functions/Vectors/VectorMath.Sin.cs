using System.Runtime.CompilerServices;

namespace EinsumNet.Functions;

/// <content>Sines and cosines.</content>
static partial class VectorMath<T, V, S>
{
    /// <summary>Numbers from here on go the platform's way: a quarter turn in three parts has too few digits for more of them.</summary>
    const double MostAngle = 1 << 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static V Sin(V x)
    {
        var isPlain = S.Less(S.Abs(x), Number(MostAngle));
        return S.All(isPlain) ? Turn(x, 0) : S.Select(isPlain, Turn(x, 0), S.Sin(x));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static V Cos(V x)
    {
        var isPlain = S.Less(S.Abs(x), Number(MostAngle));
        return S.All(isPlain) ? Turn(x, 0.25) : S.Select(isPlain, Turn(x, 0.25), S.Cos(x));
    }

    /// <summary>
    /// sin(x + turn), so many turns further on: x = n pi/2 + r (Cody and Waite 1980, three parts), and the quarter says which of sin r = r + r^3 p(r^2) and
    /// cos r = 1 - r^2/2 + r^4 q(r^2) it is, and with which sign. The polynomials are of least relative error (Remez): 3.6e-9 and 1.2e-10 for float, 3.5e-18 and
    /// 5.6e-20 for double.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Turn(V x, double turn)
    {
        var n = S.Round(S.Multiply(x, Number(0.63661977236758134308)));
        var (first, second, third) = IsFloat
            ? (Number(-1.57079637050628662), Number(4.37113882867379289e-8), Number(1.71512451000588187e-15))
            : (Number(-1.570796326794896557999), Number(-6.123233995736766035869e-17), Number(1.497384904859169832944e-33));
        var r = S.MultiplyAdd(n, third, S.MultiplyAdd(n, second, S.MultiplyAdd(n, first, x)));
        var square = S.Multiply(r, r);
        var p = IsFloat
            ? Polynomial(square, -0.000195172668409, 0.00833217791636, -0.166666549402)
            : Polynomial(square, 1.5896811774869386097e-10, -2.5050758384050794383e-8, 2.7557313693571476667e-6, -0.0001984126982981238005, 0.0083333333333224190924, -0.16666666666666632048);
        var q = IsFloat
            ? Polynomial(square, 2.44331199847e-5, -0.00138873159365, 0.0416666456766)
            : Polynomial(square, -1.1358525208360318458e-11, 2.0875700628399725563e-9, -2.7557314177762846395e-7, 0.000024801587288846528277, -0.0013888888888873048344, 0.041666666666666592877);
        var sine = S.MultiplyAdd(S.Multiply(square, r), p, r);
        // What 1 - r^2/2 loses is added again.
        var half = S.Multiply(square, Number(0.5));
        var most = S.Subtract(One, half);
        var cosine = S.Add(most, S.MultiplyAdd(S.Multiply(square, square), q, S.Subtract(S.Subtract(One, most), half)));
        // The part of a whole turn: 0, 1/4, 1/2 or 3/4.
        var turns = S.MultiplyAdd(n, Number(0.25), Number(turn));
        var part = S.Subtract(turns, S.Round(S.Subtract(turns, Number(0.375))));
        var isCosine = S.Equal(S.Abs(S.Subtract(part, Number(0.5))), Number(0.25));
        var result = S.Select(isCosine, cosine, sine);
        result = S.Select(S.Less(part, Number(0.5)), result, S.Negate(result));
        // The sine of -0 is -0.
        return turn == 0 ? S.Select(S.Equal(x, S.Create(T.Zero)), x, result) : result;
    }
}
