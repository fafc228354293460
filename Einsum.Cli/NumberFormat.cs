using System.Globalization;
using System.Numerics;

namespace EinsumNet.Tool;

/// <summary>How the elements of one array are written: plain decimals where all of them are of middling size, exponents otherwise.</summary>
sealed class NumberFormat
{
    /// <summary>NumPy's default precision.</summary>
    const int Decimals = 8;

    readonly bool _plain;

    NumberFormat(bool plain) => _plain = plain;

    internal static NumberFormat For<T>(IEnumerable<T> elements) where T : unmanaged => new(elements.All(element => element switch
    {
        Half value => IsMiddling((double)value),
        float value => IsMiddling(value),
        double value => IsMiddling(value),
        Complex value => IsMiddling(value.Real) && IsMiddling(value.Imaginary),
        _ => true,
    }));

    internal string Text<T>(T element) where T : unmanaged => element switch
    {
        Half or float or double => Real((IFormattable)element),
        Complex value => Real(value.Real) + (double.IsNegative(value.Imaginary) ? "-" : "+") + Real(Math.Abs(value.Imaginary)) + "j",
        _ => string.Create(CultureInfo.InvariantCulture, $"{element}"),
    };

    /// <summary>How many digits follow the decimal point by which a column is aligned, or null where there is no such point.</summary>
    internal int? Fraction(string text) => _plain && !text.EndsWith('j') && text.IndexOf('.') is >= 0 and var point ? text.Length - 1 - point : null;

    string Real(IFormattable value)
    {
        var shortest = value.ToString(null, CultureInfo.InvariantCulture);
        if (shortest == "NaN") return "nan";
        if (shortest.EndsWith("Infinity", StringComparison.Ordinal)) return shortest.Replace("Infinity", "inf");
        if (!_plain) return value.ToString("0.########e+00", CultureInfo.InvariantCulture);
        var number = decimal.Parse(shortest, NumberStyles.Float, CultureInfo.InvariantCulture);
        var rounded = decimal.Round(number, Decimals).ToString(CultureInfo.InvariantCulture);
        return rounded.Contains('.') ? rounded.TrimEnd('0') : rounded + ".";
    }

    static bool IsMiddling(double value) => value == 0 || !double.IsFinite(value) || Math.Abs(value) is >= 1e-4 and < 1e8;
}
