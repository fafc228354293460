namespace EinsumNet.Backends.Gpu;

/// <summary>
/// What a value in a kernel is. <see cref="Index"/> counts and addresses, in 32 or 64 bits as the kernel needs; <see cref="Flag"/> is a condition;
/// <see cref="Truth"/> is an element of type bool, which is added by "or" and multiplied by "and".
/// </summary>
enum IrType { Index, Flag, Truth, Int, UInt, Long, ULong, Float, Double, Complex }

static class IrTypes
{
    /// <summary>
    /// What the sums of products of elements are computed in: <c>float</c> for Half, unsigned words for all integers, because they wrap around and
    /// a signed overflow means nothing in C.
    /// </summary>
    internal static IrType Arithmetic(this ElementType element) => element switch
    {
        ElementType.Float or ElementType.Half => IrType.Float,
        ElementType.Double => IrType.Double,
        ElementType.Complex => IrType.Complex,
        ElementType.Bool => IrType.Truth,
        _ => element.Size() == 8 ? IrType.ULong : IrType.UInt,
    };

    /// <summary>The value of one element, with its sign.</summary>
    internal static IrType Value(this ElementType element) => element switch
    {
        ElementType.SByte or ElementType.Short or ElementType.Int => IrType.Int,
        ElementType.Long or ElementType.NInt => IrType.Long,
        _ => element.Arithmetic(),
    };

    /// <summary>The element type that a value is stored as, whole.</summary>
    internal static ElementType Storage(this IrType type) => type switch
    {
        IrType.Int => ElementType.Int,
        IrType.UInt => ElementType.UInt,
        IrType.Index or IrType.Long => ElementType.Long,
        IrType.ULong => ElementType.ULong,
        IrType.Float => ElementType.Float,
        IrType.Double => ElementType.Double,
        IrType.Complex => ElementType.Complex,
        _ => ElementType.Bool,
    };

    internal static int Size(this IrType type) => type.Storage().Size();
}
