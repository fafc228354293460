namespace EinsumNet.Backends.Gpu;

/// <summary>Functions from elements of one type to another: the closest value where one is out of range, toward zero, NaN to 0.</summary>
static class Saturation
{
    /// <summary>Its name: <c>i8_from_f32</c>.</summary>
    internal static string Name(ElementType to, ElementType from) => $"{CNames.Of(to)}_from_{CNames.Of(from)}";

    internal static string Text(ElementType to, ElementType from)
    {
        var (type, argument) = (CNames.Of(to.Value()), CNames.Of(from.Value()));
        return $"FUNCTION {type} {Name(to, from)}({argument} x) {{ {Body(to, from, type)} }}\n";
    }

    static string Body(ElementType to, ElementType from, string type)
    {
        var whole = IsWhole(to);
        if (to == ElementType.Complex) return "return make_c128((f64)x, 0.0);";
        // Half is kept as the float that it is read as, and rounded when it is stored.
        if (!whole) return $"return ({type})x;";
        var (least, most) = Range(to);
        var (low, high) = IsWhole(from) ? Range(from) : (decimal.MinValue, decimal.MaxValue);
        var body = IsWhole(from) ? "" : "if (x != x) return 0; ";
        // The bounds are compared as the operand's type: one more than 2^63 - 1 or 2^64 - 1 is what that rounds to, and it is out of range.
        if (low < least) body += $"if (x <= {Bound(least, from)}) return {Limit(least)}; ";
        if (high > most) body += $"if (x >= {Bound(most, from)}) return {Limit(most)}; ";
        return body + $"return ({type})x;";
    }

    internal static bool IsWhole(ElementType element) => element is not (ElementType.Float or ElementType.Double or ElementType.Half or ElementType.Complex or ElementType.Bool);

    internal static (decimal Least, decimal Most) Range(ElementType element) => element switch
    {
        ElementType.SByte => (sbyte.MinValue, sbyte.MaxValue),
        ElementType.Byte => (byte.MinValue, byte.MaxValue),
        ElementType.Short => (short.MinValue, short.MaxValue),
        ElementType.UShort => (ushort.MinValue, ushort.MaxValue),
        ElementType.Int => (int.MinValue, int.MaxValue),
        ElementType.UInt => (uint.MinValue, uint.MaxValue),
        ElementType.ULong => (ulong.MinValue, ulong.MaxValue),
        _ => (long.MinValue, long.MaxValue),
    };

    static string Bound(decimal value, ElementType from) => IsWhole(from)
        ? $"({CNames.Of(from.Value())}){Limit(value)}"
        : from == ElementType.Double ? CNames.Number(new RealExpr(IrType.Double, (double)value)) : CNames.Number(new RealExpr(IrType.Float, (double)value));

    static string Limit(decimal value) => value == long.MinValue ? "(-9223372036854775807 - 1)" : value > long.MaxValue ? $"0x{(ulong)value:x}u" : value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
