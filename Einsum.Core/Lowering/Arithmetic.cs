namespace EinsumNet;

/// <summary>The type in which an element type is multiplied and summed.</summary>
static class Arithmetic
{
    /// <summary>The accumulator asked for where it widens the element type, else EIN0303; by default the element type itself, and float for Half.</summary>
    internal static ElementType For(ElementType element, Type? asked)
    {
        if (asked is null) return element == ElementType.Half ? ElementType.Float : element;
        var accumulator = ElementTypes.Of(asked);
        return CanBe(accumulator, element) ? accumulator : throw PlanErrors.Accumulator(element.ToType(), asked);
    }

    /// <summary>Whether the element type may be multiplied and summed in the accumulator.</summary>
    internal static bool CanBe(ElementType accumulator, ElementType element) =>
        accumulator == element ? element != ElementType.Half : Widens(element, accumulator);

    static bool Widens(ElementType element, ElementType accumulator) => element switch
    {
        ElementType.Half => accumulator is ElementType.Float or ElementType.Double,
        ElementType.Float => accumulator is ElementType.Double,
        _ when !IsInteger(element) || !IsInteger(accumulator) => false,
        _ => accumulator.Size() > element.Size() && (IsSigned(accumulator) || !IsSigned(element)),
    };

    static bool IsInteger(ElementType element) => element is >= ElementType.SByte and <= ElementType.NInt;

    static bool IsSigned(ElementType element) => element is ElementType.SByte or ElementType.Short or ElementType.Int or ElementType.Long or ElementType.NInt;
}
