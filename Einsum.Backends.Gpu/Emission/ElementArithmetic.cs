using System.Globalization;

namespace EinsumNet.Backends.Gpu;

/// <summary>Expressions on elements, in text that both dialects compile.</summary>
static class ElementArithmetic
{
    internal static string Zero(CType type) => type.Element == ElementType.Complex ? "e_make(0, 0)" : "0";

    /// <summary>An operand's element as a value of the result's arithmetic: nearest where it rounds, the closest value where it is out of range.</summary>
    internal static string Read(CType operand, CType result, Elementwise map, string pointer, string index)
    {
        var element = operand.Element switch
        {
            ElementType.Half => $"e_read_half({pointer} + ({index}))",
            ElementType.Bool => $"(e_uint)({pointer}[{index}] != 0)",
            ElementType.Complex when map == Elementwise.Conjugate => $"e_conjugate({pointer}[{index}])",
            _ => $"{pointer}[{index}]",
        };
        if (operand.Element == ElementType.Complex) return element;
        if (operand.Element != result.Element && Range(operand, result) is var (least, most))
        {
            if (least is not null) element = $"({element} < {least} ? {least} : {element})";
            if (most is not null) element = $"({element} > {most} ? {most} : {element})";
        }
        return $"({result.Computed})({element})";
    }

    internal static string Multiply(CType type, string left, string right) => type.Element switch
    {
        ElementType.Complex => $"e_make({left}.re * {right}.re - {left}.im * {right}.im, {left}.re * {right}.im + {left}.im * {right}.re)",
        ElementType.Bool => $"{left} & {right}",
        _ => $"{left} * {right}",
    };

    internal static string Add(CType type, string left, string right) => type.Element switch
    {
        ElementType.Complex => $"e_make({left}.re + {right}.re, {left}.im + {right}.im)",
        ElementType.Bool => $"{left} | {right}",
        _ => $"{left} + {right}",
    };

    /// <summary>A statement that stores a value of the arithmetic.</summary>
    internal static string Write(CType type, Elementwise map, string pointer, string index, string value) => type.Element switch
    {
        ElementType.Half => $"e_write_half({pointer} + ({index}), {value});",
        ElementType.Complex => $"{pointer}[{index}] = {(map == Elementwise.Conjugate ? $"e_conjugate({value})" : value)};",
        _ => $"{pointer}[{index}] = ({type.Stored})({value});",
    };

    /// <summary>Which bounds of an integer result an integer operand can exceed.</summary>
    static (string? Least, string? Most)? Range(CType operand, CType result)
    {
        var (from, to) = (Bounds(operand.Element), Bounds(result.Element));
        if (from is not { } source || to is not { } target) return null;
        return (source.Least < target.Least ? Literal(target.Least) : null, source.Most > target.Most ? Literal(target.Most) : null);

        static string Literal(Int128 value) => value == long.MinValue ? "(-9223372036854775807 - 1)" : value.ToString(CultureInfo.InvariantCulture) + (value > long.MaxValue ? "U" : "");
    }

    static (Int128 Least, Int128 Most)? Bounds(ElementType element)
    {
        if (element is < ElementType.SByte or > ElementType.NInt) return null;
        var bits = 8 * element.Size();
        var isSigned = element is ElementType.SByte or ElementType.Short or ElementType.Int or ElementType.Long or ElementType.NInt;
        return isSigned ? (-((Int128)1 << (bits - 1)), ((Int128)1 << (bits - 1)) - 1) : (0, ((Int128)1 << bits) - 1);
    }
}
