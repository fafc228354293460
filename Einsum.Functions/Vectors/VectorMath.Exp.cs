using System.Runtime.CompilerServices;

namespace EinsumNet.Functions;

/// <content>Powers of e, and logarithms; inlined where they are used.</content>
static partial class VectorMath<T, V, S>
{
    const double Log2E = 1.4426950408889634;

    static bool IsFloat
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => typeof(T) == typeof(float);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Exp(V x)
    {
        var (less, n) = Reduce(x);
        return S.Scale(S.Add(One, less), n);
    }

    /// <summary>exp(x) - 1 = 2^n (exp(r) - 1) + (2^n - 1), little of which cancels; where the 1 is nothing beside the rest, exp(x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V ExpM1(V x)
    {
        var (less, n) = Reduce(x);
        var result = S.Add(S.Scale(less, n), S.Subtract(S.Scale(One, n), One));
        result = S.Select(S.Less(n, Number(64)), result, S.Scale(S.Add(One, less), n));
        return S.Select(S.Equal(x, S.Create(T.Zero)), x, result);
    }

    /// <summary>
    /// exp(r) - 1 and n, where x = n log 2 + r (Cody and Waite 1980) and exp(r) = 1 + r + r^2 p(r): p is the polynomial of least relative error (Remez), which is
    /// 3.1e-9 for float and 3.6e-18 for double.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (V Less, V N) Reduce(V x)
    {
        // Beyond these the power is infinite, or 0.
        x = IsFloat ? S.Clamp(x, Number(-104), Number(89)) : S.Clamp(x, Number(-746), Number(710));
        var n = S.Round(S.Multiply(x, Number(Log2E)));
        var (log2, log2Rest) = IsFloat ? (Number(-0.693147182464599609375), Number(1.90465429995777e-9)) : (Number(-0.69314718055994530942), Number(-2.3190468138462996155e-17));
        var r = S.MultiplyAdd(n, log2Rest, S.MultiplyAdd(n, log2, x));
        var p = IsFloat
            ? Polynomial(r, 0.00138145986467, 0.00836871687973, 0.0416683880453, 0.166665206317, 0.499999934478)
            : Polynomial(r, 2.5000061625531279587e-8, 2.763024838532302056e-7, 2.7557586373785180954e-6, 0.000024801493098887391545, 0.00019841269506578723932,
                0.0013888888943630134161, 0.0083333333334944616639, 0.041666666666530158494, 0.16666666666666412523, 0.50000000000000106271);
        return (S.MultiplyAdd(S.Multiply(r, r), p, r), n);
    }

    /// <summary>
    /// log(x) = n log 2 + log(1 + f) with 1 + f in [sqrt(1/2), 3/2). Of floats, log(1 + f) = f - f^2/2 + f^3 p(f); of doubles, with s = f / (2 + f), it is
    /// f - (f^2/2 - s (f^2/2 + s^2 p(s^2))), in the order of fdlibm (e_log.c). The polynomials are of least relative error (Remez), 1.2e-8 and 1.4e-19.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Log(V x)
    {
        // Numbers with fewer digits than others are made larger first, where nothing takes those apart.
        V mantissa, n;
        if (S.SplitsAll) (mantissa, n) = S.Split(x);
        else
        {
            var (isSmall, digits) = (S.Less(x, SmallestNormal), IsFloat ? 24 : 54);
            (mantissa, n) = S.Split(S.Select(isSmall, S.Multiply(x, Number(1L << digits)), x));
            n = S.Select(isSmall, S.Subtract(n, Number(digits)), n);
        }
        var f = S.Subtract(mantissa, One);
        var half = S.Multiply(S.Multiply(f, f), Number(0.5));
        V result;
        if (IsFloat)
        {
            var p = Polynomial(f, -0.0556826342795, 0.116905294682, -0.134797272791, 0.143897657165, -0.166076686262, 0.199913383017, -0.250010929989, 0.333334716997);
            var tail = S.MultiplyAdd(n, Number(1.4286068203094172321e-6), S.MultiplyAdd(S.Multiply(S.Multiply(f, f), f), p, S.Negate(half)));
            result = S.MultiplyAdd(n, Number(0.693145751953125), S.Add(f, tail));
        }
        else
        {
            var s = S.Divide(f, S.Add(f, Number(2)));
            var square = S.Multiply(s, s);
            var p = Polynomial(square, 0.13838562009864395001, 0.13174262555586372362, 0.15391072387341497148, 0.18181667089744663075, 0.22222224276181998688, 0.28571428556007358435,
                0.40000000000055941303, 0.66666666666666597337);
            var rest = S.MultiplyAdd(n, Number(5.4979230187083711747e-14), S.Multiply(s, S.MultiplyAdd(square, p, half)));
            result = S.MultiplyAdd(n, Number(0.69314718055989033019), S.Subtract(f, S.Subtract(half, rest)));
        }
        if (S.SplitsAll) return result;
        result = S.Select(S.Less(x, Number(double.PositiveInfinity)), result, x);
        var ofOthers = S.Select(S.Equal(x, S.Create(T.Zero)), Number(double.NegativeInfinity), Number(double.NaN));
        return S.Select(S.Less(S.Create(T.Zero), x), result, ofOthers);
    }
}
