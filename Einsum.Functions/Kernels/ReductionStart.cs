namespace EinsumNet.Functions;

/// <summary>What a reduction starts from: combined with anything it changes nothing.</summary>
static class ReductionStart
{
    internal static object Of(ElementFunction combine, ElementType element) => (combine, element) switch
    {
        (ElementFunction.Add, _) => 0,
        (ElementFunction.Multiply, _) => 1,
        (ElementFunction.And, _) => true,
        (ElementFunction.Or, _) => false,
        (ElementFunction.Min, >= ElementType.SByte and <= ElementType.NInt) => IntegerRange.Greatest(element),
        (ElementFunction.Min, _) => double.PositiveInfinity,
        (_, >= ElementType.SByte and <= ElementType.NInt) => IntegerRange.Least(element),
        _ => double.NegativeInfinity,
    };
}
