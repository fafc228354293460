using System.Numerics;

namespace EinsumNet.Functions;

/// <summary>A computation for any element type of traced values.</summary>
interface IElementVisitor<TResult>
{
    TResult Visit<T>() where T : unmanaged;
}

/// <summary>The element types that traced values may have.</summary>
static class Elements
{
    /// <summary>The computation for the element type.</summary>
    internal static TResult Visit<TVisitor, TResult>(ElementType element, TVisitor visitor) where TVisitor : IElementVisitor<TResult> => element switch
    {
        ElementType.Float => visitor.Visit<float>(),
        ElementType.Double => visitor.Visit<double>(),
        ElementType.Int => visitor.Visit<int>(),
        ElementType.Long => visitor.Visit<long>(),
        ElementType.Bool => visitor.Visit<bool>(),
        ElementType.Half => visitor.Visit<Half>(),
        ElementType.SByte => visitor.Visit<sbyte>(),
        ElementType.Byte => visitor.Visit<byte>(),
        ElementType.Short => visitor.Visit<short>(),
        ElementType.UShort => visitor.Visit<ushort>(),
        ElementType.UInt => visitor.Visit<uint>(),
        ElementType.ULong => visitor.Visit<ulong>(),
        ElementType.NInt => visitor.Visit<nint>(),
        ElementType.Complex => visitor.Visit<Complex>(),
        _ => throw new InvalidOperationException($"No elements are {element}."),
    };

    internal static Dense Visit(ElementType element, IElementVisitor<Dense> visitor) => Visit<IElementVisitor<Dense>, Dense>(element, visitor);

    /// <summary>A number or a truth as an element of this type, which must hold it.</summary>
    internal static T Number<T>(object value) where T : unmanaged =>
        value is T same ? same
        : typeof(T) == typeof(Half) ? (T)(object)(Half)Convert.ToDouble(value)
        : typeof(T) == typeof(Complex) ? (T)(object)new Complex(Convert.ToDouble(value), 0)
        : typeof(T) == typeof(nint) ? (T)(object)(nint)Convert.ToInt64(value)
        : (T)Convert.ChangeType(value, typeof(T));

    /// <summary>The same of a type that is known to the JIT: a constant.</summary>
    internal static ElementType Of<T>() where T : unmanaged =>
        typeof(T) == typeof(float) ? ElementType.Float
        : typeof(T) == typeof(double) ? ElementType.Double
        : typeof(T) == typeof(int) ? ElementType.Int
        : typeof(T) == typeof(long) ? ElementType.Long
        : typeof(T) == typeof(bool) ? ElementType.Bool
        : ElementTypes.Of(typeof(T));
}
