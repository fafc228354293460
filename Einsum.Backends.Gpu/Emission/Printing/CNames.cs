using System.Globalization;

namespace EinsumNet.Backends.Gpu;

/// <summary>The names that the prologues give to types, the same in every dialect, so that bodies are the same text.</summary>
static class CNames
{
    internal static string Of(ElementType element) => element switch
    {
        ElementType.Float => "f32",
        ElementType.Double => "f64",
        ElementType.Half => "f16",
        ElementType.SByte => "i8",
        ElementType.Byte => "u8",
        ElementType.Short => "i16",
        ElementType.UShort => "u16",
        ElementType.Int => "i32",
        ElementType.UInt => "u32",
        ElementType.Long or ElementType.NInt => "i64",
        ElementType.ULong => "u64",
        ElementType.Complex => "c128",
        _ => "b8",
    };

    internal static string Of(IrType type) => type switch
    {
        IrType.Index => "idx",
        IrType.Flag => "int",
        _ => Of(type.Storage()),
    };

    internal static string Number(RealExpr number) => number.Type switch
    {
        IrType.Complex => $"make_c128({Real(number.Value)}, 0.0)",
        IrType.Float when float.IsFinite((float)number.Value) => Pointed(((float)number.Value).ToString("R", CultureInfo.InvariantCulture)) + "f",
        IrType.Float => $"bits_f32(0x{BitConverter.SingleToUInt32Bits((float)number.Value):x8}u)",
        _ => Real(number.Value),
    };

    static string Real(double value) =>
        double.IsFinite(value) ? Pointed(value.ToString("R", CultureInfo.InvariantCulture)) : $"bits_f64(0x{BitConverter.DoubleToUInt64Bits(value):x16})";

    static string Pointed(string text) => text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;
}
