using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <content>Operators and functions of the elements.</content>
public sealed partial class TensorExpr
{
    /// <summary>The sum of the elements.</summary>
    public static TensorExpr operator +(TensorExpr left, TensorExpr right) => Elementwise(ElementFunction.Add, left, right);

    /// <summary>The difference of the elements.</summary>
    public static TensorExpr operator -(TensorExpr left, TensorExpr right) => Elementwise(ElementFunction.Subtract, left, right);

    /// <summary>The product of the elements.</summary>
    public static TensorExpr operator *(TensorExpr left, TensorExpr right) => Elementwise(ElementFunction.Multiply, left, right);

    /// <summary>The quotient of the elements, truncated where they are integers.</summary>
    public static TensorExpr operator /(TensorExpr left, TensorExpr right) => Elementwise(ElementFunction.Divide, left, right);

    /// <summary>The remainder of the elements, with the sign of the dividend.</summary>
    public static TensorExpr operator %(TensorExpr left, TensorExpr right) => Elementwise(ElementFunction.Remainder, left, right);

    /// <summary>The elements with the other sign.</summary>
    public static TensorExpr operator -(TensorExpr value) => Elementwise(ElementFunction.Negate, value);

    /// <summary>Where the left element is less.</summary>
    public static TensorExpr operator <(TensorExpr left, TensorExpr right) => Elementwise(ElementFunction.Less, left, right);

    /// <summary>Where the left element is greater.</summary>
    public static TensorExpr operator >(TensorExpr left, TensorExpr right) => Elementwise(ElementFunction.Less, right, left);

    /// <summary>Where the left element is less or equal.</summary>
    public static TensorExpr operator <=(TensorExpr left, TensorExpr right) => Elementwise(ElementFunction.LessOrEqual, left, right);

    /// <summary>Where the left element is greater or equal.</summary>
    public static TensorExpr operator >=(TensorExpr left, TensorExpr right) => Elementwise(ElementFunction.LessOrEqual, right, left);

    /// <summary>Where both are true.</summary>
    public static TensorExpr operator &(TensorExpr left, TensorExpr right) => Elementwise(ElementFunction.And, left, right);

    /// <summary>Where one is true.</summary>
    public static TensorExpr operator |(TensorExpr left, TensorExpr right) => Elementwise(ElementFunction.Or, left, right);

    /// <summary>Where it is false.</summary>
    public static TensorExpr operator !(TensorExpr value) => Elementwise(ElementFunction.Not, value);

    /// <summary>Where the elements are equal. (<c>==</c> asks whether two references are one.)</summary>
    public TensorExpr EqualTo(TensorExpr other) => Elementwise(ElementFunction.Equal, this, other);

    /// <summary>Where the elements differ.</summary>
    public TensorExpr NotEqualTo(TensorExpr other) => Elementwise(ElementFunction.NotEqual, this, other);

    /// <summary>The elements without their sign; of Complex the magnitudes, as doubles.</summary>
    public TensorExpr Abs() => Elementwise(ElementFunction.Abs, this);

    /// <summary>e to the power of the elements.</summary>
    public TensorExpr Exp() => Elementwise(ElementFunction.Exp, this);

    /// <summary>The natural logarithm.</summary>
    public TensorExpr Log() => Elementwise(ElementFunction.Log, this);

    /// <summary>log(1 + x), exact for small x.</summary>
    public TensorExpr Log1p() => Elementwise(ElementFunction.Log1P, this);

    /// <summary>exp(x) - 1, exact for small x.</summary>
    public TensorExpr Expm1() => Elementwise(ElementFunction.ExpM1, this);

    /// <summary>The square root.</summary>
    public TensorExpr Sqrt() => Elementwise(ElementFunction.Sqrt, this);

    /// <summary>1 / sqrt(x).</summary>
    public TensorExpr Rsqrt() => 1 / Sqrt();

    /// <summary>The elements to the powers.</summary>
    public TensorExpr Pow(TensorExpr exponent) => Elementwise(ElementFunction.Pow, this, exponent);

    /// <summary>The sine.</summary>
    public TensorExpr Sin() => Elementwise(ElementFunction.Sin, this);

    /// <summary>The cosine.</summary>
    public TensorExpr Cos() => Elementwise(ElementFunction.Cos, this);

    /// <summary>The hyperbolic tangent.</summary>
    public TensorExpr Tanh() => Elementwise(ElementFunction.Tanh, this);

    /// <summary>The error function.</summary>
    public TensorExpr Erf() => Elementwise(ElementFunction.Erf, this);

    /// <summary>1 / (1 + exp(-x)).</summary>
    public TensorExpr Sigmoid() => 1 / (1 + (-this).Exp());

    /// <summary>The lesser of each two elements; NaN where one is.</summary>
    public TensorExpr Minimum(TensorExpr other) => Elementwise(ElementFunction.Min, this, other);

    /// <summary>The greater of each two elements; NaN where one is.</summary>
    public TensorExpr Maximum(TensorExpr other) => Elementwise(ElementFunction.Max, this, other);

    /// <summary>The elements, at least <paramref name="least"/> and at most <paramref name="most"/>.</summary>
    public TensorExpr Clamp(TensorExpr least, TensorExpr most) => Maximum(least).Minimum(most);

    /// <summary>
    /// The elements as another type: integers wrap as in an unchecked cast, a fraction beyond the range of an integer type is the nearest that it has, a NaN is 0;
    /// of Complex as a real type the real part; as bool whether it is not zero.
    /// </summary>
    /// <typeparam name="T">Any element type of the language.</typeparam>
    public TensorExpr Convert<T>() where T : unmanaged => ConvertTo(Elements.Of<T>());

    internal TensorExpr ConvertTo(ElementType element) => element == Element && !IsWeak ? this : Apply(new ConvertOp(element));

    internal static TensorExpr Elementwise(ElementFunction function, params ImmutableArray<TensorExpr> operands)
    {
        operands = AdoptTypes(function, Given.Operands(function == ElementFunction.Select ? "Where" : function.ToString(), operands));
        var shape = operands[0].Shape;
        foreach (var operand in operands[1..]) shape = Broadcasting.Common(function.ToString(), shape, operand.Shape);
        return Make(new ElementwiseOp(function), [.. operands.Select(operand => Broadcasting.To(operand, shape))]);
    }

    /// <summary>Numbers of C# take the element type of the others, or double where one of them is a fraction.</summary>
    static ImmutableArray<TensorExpr> AdoptTypes(ElementFunction function, ImmutableArray<TensorExpr> operands)
    {
        var values = function == ElementFunction.Select ? operands[1..] : operands;
        var strong = values.FirstOrDefault(value => !value.IsWeak)?.Element
            ?? (values.Any(value => value.Element == EinsumNet.ElementType.Double) || function.IsReal() ? EinsumNet.ElementType.Double : values[0].Element);
        return [.. operands.Select((operand, i) => operand.IsWeak && (i > 0 || function != ElementFunction.Select) ? operand.Adopt(function.ToString(), strong) : operand)];
    }

    internal TensorExpr Adopt(string operation, ElementType element)
    {
        if (!IsWeak) return this;
        var isFraction = Element == EinsumNet.ElementType.Double;
        var isInteger = element is >= EinsumNet.ElementType.SByte and <= EinsumNet.ElementType.NInt;
        if (element == EinsumNet.ElementType.Bool || isFraction && isInteger)
            throw FunctionErrors.ElementTypes(operation, $"{element.Name()} and the {(isFraction ? "fraction" : "integer")} {Op}", "operands of one element type");
        if (isInteger && (long)((ConstantOp)Op).Value.Data.GetValue(0)! is var number && !element.Holds(number)) throw FunctionErrors.NumberRange(operation, Op.ToString(), element.Name());
        return Scalar(element, ((ConstantOp)Op).Value.Data.GetValue(0)!);
    }
}
