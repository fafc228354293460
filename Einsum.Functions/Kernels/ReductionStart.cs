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
        (ElementFunction.Min, ElementType.Int) => int.MaxValue,
        (ElementFunction.Min, ElementType.Long) => long.MaxValue,
        (ElementFunction.Min, _) => double.PositiveInfinity,
        (_, ElementType.Int) => int.MinValue,
        (_, ElementType.Long) => long.MinValue,
        _ => double.NegativeInfinity,
    };
}
