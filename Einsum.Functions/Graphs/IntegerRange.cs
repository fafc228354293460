namespace EinsumNet.Functions;

/// <summary>The least and the greatest number of each integer type.</summary>
static class IntegerRange
{
    /// <summary>Whether the integer type has the number.</summary>
    internal static bool Holds(this ElementType element, long number) => element switch
    {
        ElementType.ULong => number >= 0,
        ElementType.Long or ElementType.NInt => true,
        _ => number >= Convert.ToInt64(Least(element)) && number <= Convert.ToInt64(Greatest(element)),
    };

    internal static object Least(ElementType element) => element switch
    {
        ElementType.SByte => sbyte.MinValue,
        ElementType.Byte => byte.MinValue,
        ElementType.Short => short.MinValue,
        ElementType.UShort => ushort.MinValue,
        ElementType.Int => int.MinValue,
        ElementType.UInt => uint.MinValue,
        ElementType.Long => long.MinValue,
        ElementType.ULong => ulong.MinValue,
        ElementType.NInt => nint.MinValue,
        _ => throw new ArgumentOutOfRangeException(nameof(element), element, "no integer type"),
    };

    internal static object Greatest(ElementType element) => element switch
    {
        ElementType.SByte => sbyte.MaxValue,
        ElementType.Byte => byte.MaxValue,
        ElementType.Short => short.MaxValue,
        ElementType.UShort => ushort.MaxValue,
        ElementType.Int => int.MaxValue,
        ElementType.UInt => uint.MaxValue,
        ElementType.Long => long.MaxValue,
        ElementType.ULong => ulong.MaxValue,
        ElementType.NInt => nint.MaxValue,
        _ => throw new ArgumentOutOfRangeException(nameof(element), element, "no integer type"),
    };
}
