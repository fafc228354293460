namespace EinsumNet.Functions;

/// <summary>
/// The error function to about one unit in the last place: its Maclaurin series near zero, the continued fraction of the complement beyond
/// (Abramowitz and Stegun 7.1.6 and 7.1.14).
/// </summary>
static class ErrorFunction
{
    const double Split = 2.5, TwoOverRootPi = 1.1283791670955126, OneOverRootPi = 0.5641895835477563;

    internal static double Of(double x)
    {
        if (double.IsNaN(x)) return x;
        var size = Math.Abs(x);
        if (size >= 6) return Math.Sign(x);
        return size < Split ? Series(x) : Math.CopySign(1 - Complement(size), x);
    }

    /// <summary>2 x / sqrt(pi) exp(-x^2) sum of (2 x^2)^n / (1 3 5 ... (2n + 1)): every term is positive, so nothing cancels.</summary>
    static double Series(double x)
    {
        var square = 2 * x * x;
        var (term, sum) = (1.0, 1.0);
        for (var n = 1; term > 1e-17 * sum; n++) sum += term *= square / (2 * n + 1);
        return TwoOverRootPi * x * Math.Exp(-x * x) * sum;
    }

    /// <summary>exp(-x^2) / sqrt(pi) over x + (1/2)/(x + 1/(x + (3/2)/(x + ...))).</summary>
    static double Complement(double x)
    {
        var fraction = x;
        for (var k = 60; k > 0; k--) fraction = x + k / 2.0 / fraction;
        return OneOverRootPi * Math.Exp(-x * x) / fraction;
    }
}
