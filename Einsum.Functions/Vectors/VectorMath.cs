using System.Numerics;
using System.Runtime.CompilerServices;

namespace EinsumNet.Functions;

/// <summary>
/// Functions of vectors of float and double, each to a few units in the last place. The platform has some of them, but no code for them before they have run
/// for a while. The rational approximations are those of Cephes (S. L. Moshier, tanh.c and ndtr.c).
/// </summary>
static partial class VectorMath<T, V, S> where T : unmanaged, IFloatingPointIeee754<T> where V : struct where S : struct, IVectorOperations<T, V>
{
    static V One
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Number(1);
    }

    /// <summary>log(1 + x) after Kahan: the rounding of 1 + x is undone by a quotient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static V Log1P(V x)
    {
        var sum = S.Add(One, x);
        var result = S.Multiply(Log(sum), S.Divide(x, S.Subtract(sum, One)));
        // What is too small for the sum is its own logarithm; an infinite sum has an infinite one.
        result = S.Select(S.Equal(sum, One), x, result);
        return S.Select(S.Equal(sum, Number(double.PositiveInfinity)), sum, result);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static V Tanh(V x)
    {
        var size = S.Abs(x);
        var square = S.Multiply(x, x);
        var quotient = S.Divide(
            Polynomial(square, -9.64399179425052238628E-1, -9.92877231001918586564E1, -1.61468768441708447952E3),
            Polynomial(square, 1, 1.12811678491632931402E2, 2.23548839060100448583E3, 4.84406305325125486048E3));
        var small = S.MultiplyAdd(S.Multiply(x, square), quotient, x);
        var large = S.Subtract(One, S.Divide(Number(2), S.Add(Exp(S.Add(size, size)), One)));
        return S.CopySign(S.Select(S.Less(size, Number(0.625)), small, large), x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static V Erf(V x)
    {
        var size = S.Abs(x);
        var square = S.Multiply(x, x);
        var small = S.Multiply(x, S.Divide(
            Polynomial(square, 9.60497373987051638749E0, 9.00260197203842689217E1, 2.23200534594684319226E3, 7.00332514112805075473E3, 5.55923013010394962768E4),
            Polynomial(square, 1, 3.35617141647503099647E1, 5.21357949780152679795E2, 4.59432382970980127987E3, 2.26290000613890934246E4, 4.92673942608635921086E4)));
        // Beyond 6 the complement is nothing beside 1, and the polynomials of large numbers would overflow in float.
        var held = S.Min(size, Number(6));
        var complement = S.Multiply(Exp(S.Negate(S.Multiply(held, held))), S.Divide(
            Polynomial(held, 2.46196981473530512524E-10, 5.64189564831068821977E-1, 7.46321056442269912687E0, 4.86371970985681366614E1, 1.96520832956077098242E2,
                5.26445194995477358631E2, 9.34528527171957607540E2, 1.02755188689515710272E3, 5.57535335369399327526E2),
            Polynomial(held, 1, 1.32281951154744992508E1, 8.67072140885989742329E1, 3.54937778887819891062E2, 9.75708501743205489753E2, 1.82390916687909736289E3,
                2.24633760818710981792E3, 1.65666309194161350182E3, 5.57535340817727675546E2)));
        return S.Select(S.Less(size, One), small, S.CopySign(S.Subtract(One, complement), x));
    }

    /// <summary>x - y trunc(x / y), exactly: the remainder is representable, and a quotient that was rounded up shows as a remainder of the other sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static V Remainder(V x, V y)
    {
        var quotient = S.Divide(x, y);
        // Whether the quotient is known to its last digit, and there is one.
        var isPlain = S.Less(S.Abs(quotient), Number(IsFloat ? 1 << 22 : 1L << 51));
        isPlain = S.Select(S.Less(S.Abs(y), Number(double.PositiveInfinity)), isPlain, S.Create(T.Zero));
        var rest = S.MultiplyAdd(S.Negate(S.Truncate(quotient)), y, x);
        var isOver = S.Less(S.Multiply(S.CopySign(One, rest), x), S.Create(T.Zero));
        isOver = S.Select(S.Equal(rest, S.Create(T.Zero)), S.Create(T.Zero), isOver);
        var result = S.CopySign(S.Select(isOver, S.Add(rest, S.CopySign(y, x)), rest), x);
        return S.All(isPlain) ? result : EachElement(result, isPlain, x, y, Scalars.Remainder);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Number(double value) => S.Create(T.CreateTruncating(value));

    /// <summary>The polynomial with the leading coefficient first, by Horner's rule; written out, so that coefficients are constants of the code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Polynomial(V x, double a, double b, double c) => More(More(Number(a), x, b), x, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Polynomial(V x, double a, double b, double c, double d) => More(More(More(Number(a), x, b), x, c), x, d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Polynomial(V x, double a, double b, double c, double d, double e) => More(More(More(More(Number(a), x, b), x, c), x, d), x, e);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Polynomial(V x, double a, double b, double c, double d, double e, double f) => More(More(More(More(More(Number(a), x, b), x, c), x, d), x, e), x, f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Polynomial(V x, double a, double b, double c, double d, double e, double f, double g) => More(More(More(More(More(More(Number(a), x, b), x, c), x, d), x, e), x, f), x, g);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Polynomial(V x, double a, double b, double c, double d, double e, double f, double g, double h) => More(More(More(More(More(More(More(Number(a), x, b), x, c), x, d), x, e), x, f), x, g), x, h);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Polynomial(V x, double a, double b, double c, double d, double e, double f, double g, double h, double i) => More(More(More(More(More(More(More(More(Number(a), x, b), x, c), x, d), x, e), x, f), x, g), x, h), x, i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Polynomial(V x, double a, double b, double c, double d, double e, double f, double g, double h, double i, double j) => More(More(More(More(More(More(More(More(More(Number(a), x, b), x, c), x, d), x, e), x, f), x, g), x, h), x, i), x, j);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V More(V sum, V x, double coefficient) => S.MultiplyAdd(sum, x, Number(coefficient));

    /// <summary>The function of the elements of which the mask is not set; the others stay what they are in <paramref name="result"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static V EachElement(V result, V isPlain, V x, V y, Func<T, T, T> function)
    {
        for (var i = 0; i < S.Count; i++)
            if (T.IsZero(Element(ref isPlain, i))) Element(ref result, i) = function(Element(ref x, i), Element(ref y, i));
        return result;
    }

    static ref T Element(ref V vector, int index) => ref Unsafe.Add(ref Unsafe.As<V, T>(ref vector), index);
}
