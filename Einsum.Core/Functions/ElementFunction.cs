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

    internal static bool IsComparison(this ElementFunction function) => function is >= ElementFunction.Equal and <= ElementFunction.LessOrEqual;

    internal static bool IsLogic(this ElementFunction function) => function is ElementFunction.And or ElementFunction.Or or ElementFunction.Not;

    /// <summary>Whether it costs as much as many additions, so that it is not computed twice to save memory.</summary>
    internal static bool IsCostly(this ElementFunction function) => function.IsReal() && function != ElementFunction.Sqrt;

    /// <summary>How graphs print it.</summary>
    internal static string Text(this ElementFunction function) => function.ToString().ToLowerInvariant();
}
