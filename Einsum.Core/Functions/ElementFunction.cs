namespace EinsumNet.Functions;

/// <summary>What an elementwise primitive does to each element.</summary>
enum ElementFunction
{
    Add, Subtract, Multiply, Divide, Remainder, Min, Max, Negate, Abs,
    Pow, Exp, Log, Log1P, ExpM1, Sqrt, Sin, Cos, Tanh, Erf,
    Equal, NotEqual, Less, LessOrEqual, And, Or, Not, Select,
}

static class ElementFunctions
{
    internal static bool IsReal(this ElementFunction function) => function is >= ElementFunction.Pow and <= ElementFunction.Erf;

    /// <summary>Whether it has a meaning for complex numbers, which are in no order.</summary>
    internal static bool TakesComplex(this ElementFunction function) => function is
        ElementFunction.Add or ElementFunction.Subtract or ElementFunction.Multiply or ElementFunction.Divide or ElementFunction.Negate or ElementFunction.Abs
        or ElementFunction.Pow or ElementFunction.Exp or ElementFunction.Log or ElementFunction.Sqrt or ElementFunction.Sin or ElementFunction.Cos or ElementFunction.Tanh
        or ElementFunction.Equal or ElementFunction.NotEqual or ElementFunction.Select;

    internal static bool IsComparison(this ElementFunction function) => function is >= ElementFunction.Equal and <= ElementFunction.LessOrEqual;

    internal static bool IsLogic(this ElementFunction function) => function is ElementFunction.And or ElementFunction.Or or ElementFunction.Not;

    /// <summary>Whether it costs as much as many additions, so that it is not computed twice to save memory.</summary>
    internal static bool IsCostly(this ElementFunction function) => function.IsReal() && function != ElementFunction.Sqrt;

    /// <summary>How graphs print it.</summary>
    internal static string Text(this ElementFunction function) => function.ToString().ToLowerInvariant();
}
