namespace EinsumNet.Functions;

/// <summary>A computation for any element type of traced values.</summary>
interface IElementVisitor<TResult>
{
    TResult Visit<T>() where T : unmanaged;
}

/// <summary>The element types that traced values may have.</summary>
static class Elements
{
    internal static TResult Visit<TVisitor, TResult>(ElementType element, TVisitor visitor) where TVisitor : IElementVisitor<TResult> => element switch
    {
        ElementType.Float => visitor.Visit<float>(),
        ElementType.Double => visitor.Visit<double>(),
        ElementType.Int => visitor.Visit<int>(),
        ElementType.Long => visitor.Visit<long>(),
        ElementType.Bool => visitor.Visit<bool>(),
        _ => throw FunctionErrors.ElementTypes("a traced function", element.Name(), "float, double, int, long or bool"),
    };

    internal static Dense Visit(ElementType element, IElementVisitor<Dense> visitor) => Visit<IElementVisitor<Dense>, Dense>(element, visitor);

    /// <summary>The element type, or EIN0502 where a traced value cannot have it.</summary>
    internal static ElementType Of(Type type)
    {
        var element = ElementTypes.Of(type);
        return Visit<IElementVisitor<ElementType>, ElementType>(element, default(Itself));
    }

    /// <summary>The same of a type that is known to the JIT: a constant.</summary>
    internal static ElementType Of<T>() where T : unmanaged =>
        typeof(T) == typeof(float) ? ElementType.Float
        : typeof(T) == typeof(double) ? ElementType.Double
        : typeof(T) == typeof(int) ? ElementType.Int
        : typeof(T) == typeof(long) ? ElementType.Long
        : typeof(T) == typeof(bool) ? ElementType.Bool
        : Of(typeof(T));

    readonly struct Itself : IElementVisitor<ElementType>
    {
        public ElementType Visit<T>() where T : unmanaged => ElementTypes.Of(typeof(T));
    }
}
