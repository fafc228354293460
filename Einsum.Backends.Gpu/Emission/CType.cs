namespace EinsumNet.Backends.Gpu;

/// <summary>An element type in both dialects: how it lies in memory, and what it is multiplied and summed in.</summary>
/// <param name="Stored">The name of the type in memory.</param>
/// <param name="Computed">The name of the type of the arithmetic: unsigned for integers, whose overflow is defined there.</param>
readonly record struct CType(ElementType Element, string Stored, string Computed)
{
    internal static CType Of(ElementType element) => element switch
    {
        ElementType.Float => new(element, "float", "float"),
        ElementType.Double => new(element, "double", "double"),
        ElementType.Half => new(element, "e_ushort", "float"),
        ElementType.SByte => new(element, "e_sbyte", "e_uint"),
        ElementType.Byte => new(element, "e_byte", "e_uint"),
        ElementType.Short => new(element, "e_short", "e_uint"),
        ElementType.UShort => new(element, "e_ushort", "e_uint"),
        ElementType.Int => new(element, "e_int", "e_uint"),
        ElementType.UInt => new(element, "e_uint", "e_uint"),
        ElementType.Long => new(element, "e_long", "e_ulong"),
        ElementType.ULong => new(element, "e_ulong", "e_ulong"),
        ElementType.NInt => IntPtr.Size == 8 ? new(element, "e_long", "e_ulong") : new(element, "e_int", "e_uint"),
        ElementType.Complex => new(element, "e_complex", "e_complex"),
        ElementType.Bool => new(element, "e_byte", "e_uint"),
        _ => throw new ArgumentOutOfRangeException(nameof(element)),
    };

    internal bool NeedsDouble => Element is ElementType.Double or ElementType.Complex;
}
