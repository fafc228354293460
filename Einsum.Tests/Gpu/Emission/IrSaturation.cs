using System.Numerics;

namespace EinsumNet.Tests.Gpu;

/// <summary>Conversions of elements as C#'s <c>CreateSaturating</c> does them.</summary>
static class IrSaturation
{
    internal static IrValue Convert(ElementType from, ElementType to, IrValue value) => from switch
    {
        ElementType.Float or ElementType.Half => To(to, (float)value.Real),
        ElementType.Double => To(to, value.Real),
        ElementType.ULong => To(to, (ulong)value.Whole),
        _ => To(to, value.Whole),
    };

    static IrValue To<T>(ElementType to, T value) where T : INumberBase<T> => to switch
    {
        ElementType.SByte => new(sbyte.CreateSaturating(value)),
        ElementType.Byte => new(byte.CreateSaturating(value)),
        ElementType.Short => new(short.CreateSaturating(value)),
        ElementType.UShort => new(ushort.CreateSaturating(value)),
        ElementType.Int => new(int.CreateSaturating(value)),
        ElementType.UInt => new(uint.CreateSaturating(value)),
        ElementType.ULong => new((long)ulong.CreateSaturating(value)),
        ElementType.Long or ElementType.NInt => new(long.CreateSaturating(value)),
        ElementType.Float or ElementType.Half => IrValue.Of(float.CreateSaturating(value)),
        _ => IrValue.Of(double.CreateSaturating(value)),
    };
}
