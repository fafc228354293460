namespace EinsumNet.Functions;

/// <summary>What is known of a value while tracing: <c>double[3, 4]</c>.</summary>
readonly record struct TensorType(ElementType Element, Shape Shape)
{
    internal int Rank => Shape.Rank;

    /// <summary>The same without its leading axis.</summary>
    internal TensorType Inner => this with { Shape = Shape.Create(Shape.AsSpan()[1..]) };

    /// <summary>The same with a leading axis of the given size.</summary>
    internal TensorType Outer(long size) => this with { Shape = [size, .. Shape] };

    /// <summary>Whether elements are fractions of a kind, so that one may be a NaN.</summary>
    internal bool IsReal => Element is ElementType.Float or ElementType.Double or ElementType.Half;

    /// <summary>Whether a division by zero throws.</summary>
    internal bool IsInteger => Element is >= ElementType.SByte and <= ElementType.NInt;

    internal long Count => Shape.ElementCount ?? throw new OverflowException($"{this} has more elements than 64 bits count.");

    public override string ToString() => $"{Element.Name()}{Shape}";
}
