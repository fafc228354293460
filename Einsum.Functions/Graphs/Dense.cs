namespace EinsumNet.Functions;

/// <summary>A tensor that the interpreter computes with: dense, row-major, of any rank (the platform's tensor has no scalars).</summary>
sealed class Dense(ElementType element, Shape shape, Array data)
{
    internal ElementType Element => element;

    internal Shape Shape => shape;

    internal Array Data => data;

    internal TensorType Type => new(element, shape);

    internal T[] As<T>() => (T[])data;

    internal static Dense Of<T>(Shape shape, T[] data) where T : unmanaged => new(ElementTypes.Of(typeof(T)), shape, data);

    /// <summary>One number, converted to the element type.</summary>
    internal static Dense Scalar(ElementType element, object value) => Elements.Visit(element, new MakeScalar(value));

    /// <summary>The elements that lie at these positions.</summary>
    internal Dense Gather(Shape result, IEnumerable<long> positions) => Elements.Visit(element, new GatherElements(this, result, positions));

    readonly struct MakeScalar(object value) : IElementVisitor<Dense>
    {
        public Dense Visit<T>() where T : unmanaged => Of<T>([], [Elements.Number<T>(value)]);
    }

    readonly struct GatherElements(Dense source, Shape result, IEnumerable<long> positions) : IElementVisitor<Dense>
    {
        public Dense Visit<T>() where T : unmanaged
        {
            var data = source.As<T>();
            return Of(result, positions.Select(position => data[position]).ToArray());
        }
    }
}
