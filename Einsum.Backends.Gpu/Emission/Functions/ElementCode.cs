using System.Collections.Immutable;
using System.Numerics;
using EinsumNet.Functions;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// The functions of elements as expressions of kernels. Products and sums are never contracted to one rounding, so that a value that two kernels compute is the
/// same bits in both; integers wrap around.
/// </summary>
static class ElementCode
{
    /// <summary>The function, whose value is of the given element type.</summary>
    internal static IrExpr Apply(ElementFunction function, ElementType element, IReadOnlyList<IrExpr> x) => Narrow(element, Apply(function, x));

    /// <summary>A value that is computed in a wider type, as the element type holds it.</summary>
    static IrExpr Narrow(ElementType element, IrExpr value) => element switch
    {
        ElementType.Half => new CallExpr(IrType.Float, $"half_{CNames.Of(value.Type)}", [value]),
        ElementType.Byte => Masked(value, byte.MaxValue),
        ElementType.UShort => Masked(value, ushort.MaxValue),
        ElementType.SByte => Shifted(value, 24),
        ElementType.Short => Shifted(value, 16),
        _ => value,
    };

    static BinaryExpr Masked(IrExpr value, long mask) => new(IrType.UInt, IrOp.And, value, new WholeExpr(IrType.UInt, mask));

    static BinaryExpr Shifted(IrExpr value, long bits) =>
        new(IrType.Int, IrOp.ShiftRight, new BinaryExpr(IrType.UInt, IrOp.ShiftLeft, value.As(IrType.UInt), new WholeExpr(IrType.UInt, bits)).As(IrType.Int), new WholeExpr(IrType.Int, bits));

    static IrExpr Apply(ElementFunction function, IReadOnlyList<IrExpr> x) => function switch
    {
        ElementFunction.Select => new SelectExpr(Flag(x[0]), x[1], x[2]),
        _ when x[0].Type == IrType.Complex => OfComplex(function, [.. x]),
        ElementFunction.Add => Wrapped(IrOp.Add, x[0], x[1]),
        ElementFunction.Subtract => Wrapped(IrOp.Subtract, x[0], x[1]),
        ElementFunction.Multiply when IsReal(x[0]) => Call("mul", x[0], x[1]),
        ElementFunction.Multiply => Wrapped(IrOp.Multiply, x[0], x[1]),
        ElementFunction.Divide when IsReal(x[0]) => new BinaryExpr(x[0].Type, IrOp.Divide, x[0], x[1]),
        ElementFunction.Divide => Call("div", x[0], x[1]),
        ElementFunction.Remainder => Call("rem", x[0], x[1]),
        ElementFunction.Min or ElementFunction.Max when IsReal(x[0]) => Call(Name(function), x[0], x[1]),
        ElementFunction.Min => new BinaryExpr(x[0].Type, IrOp.Min, x[0], x[1]),
        ElementFunction.Max => new BinaryExpr(x[0].Type, IrOp.Max, x[0], x[1]),
        ElementFunction.Negate when IsReal(x[0]) => Call("neg", x[0]),
        ElementFunction.Negate => Wrapped(IrOp.Subtract, new WholeExpr(x[0].Type, 0), x[0]),
        ElementFunction.Abs when IsReal(x[0]) => Call("abs", x[0]),
        ElementFunction.Abs => new SelectExpr(x[0] < new WholeExpr(x[0].Type, 0), Apply(ElementFunction.Negate, x), x[0]),
        ElementFunction.Equal => Truth(IrOp.Equal, x[0], x[1]),
        ElementFunction.NotEqual => Truth(IrOp.NotEqual, x[0], x[1]),
        ElementFunction.Less => Truth(IrOp.Less, x[0], x[1]),
        ElementFunction.LessOrEqual => Truth(IrOp.LessOrEqual, x[0], x[1]),
        ElementFunction.And => new BinaryExpr(IrType.Truth, IrOp.And, x[0], x[1]),
        ElementFunction.Or => new BinaryExpr(IrType.Truth, IrOp.Or, x[0], x[1]),
        ElementFunction.Not => Truth(IrOp.Equal, x[0], new WholeExpr(IrType.Truth, 0)),
        _ => Call(Name(function), [.. x]),
    };

    /// <summary>Each is a function of the prologue.</summary>
    static IrExpr OfComplex(ElementFunction function, ImmutableArray<IrExpr> x)
    {
        var type = function.IsComparison() ? IrType.Flag : function == ElementFunction.Abs ? IrType.Double : IrType.Complex;
        var value = new CallExpr(type, $"{Name(function)}_{CNames.Of(IrType.Complex)}", x);
        return type == IrType.Flag ? value.As(IrType.Truth) : value;
    }

    /// <summary>An element as one of another type, as an unchecked cast of C# gives it.</summary>
    internal static IrExpr Cast(ElementType from, ElementType to, IrExpr value)
    {
        if (from == to) return value;
        if (to == ElementType.Bool) return Apply(ElementFunction.NotEqual, [value, Number(from, 0)]);
        if (from == ElementType.Complex) return Cast(ElementType.Double, to, value.As(IrType.Double));
        if (IsReal(value) && to.Value() is not (IrType.Float or IrType.Double or IrType.Complex)) return new SaturateExpr(from, to, value);
        // Not by way of a float, which would round twice.
        return Narrow(to, from == ElementType.Double && to == ElementType.Half ? value : value.As(to.Value()));
    }

    /// <summary>A constant of an element type.</summary>
    internal static IrExpr Number(ElementType element, object value) => element switch
    {
        ElementType.Float or ElementType.Double or ElementType.Half => new RealExpr(element.Value(), value is Half half ? (double)half : Convert.ToDouble(value, null)),
        ElementType.Complex => value is Complex complex ? OfParts(complex) : new RealExpr(IrType.Complex, Convert.ToDouble(value, null)),
        ElementType.Bool => new WholeExpr(IrType.Truth, Convert.ToBoolean(value, null) ? 1 : 0),
        ElementType.ULong => new WholeExpr(IrType.ULong, unchecked((long)Convert.ToUInt64(value, null))),
        _ => new WholeExpr(element.Value(), value is nint number ? number : Convert.ToInt64(value, null)),
    };

    static IrExpr OfParts(Complex value) => BitConverter.DoubleToInt64Bits(value.Imaginary) == 0
        ? new RealExpr(IrType.Complex, value.Real)
        : new ComplexExpr(new RealExpr(IrType.Double, value.Real), new RealExpr(IrType.Double, value.Imaginary));

    /// <summary>Whether something is true, as a condition.</summary>
    internal static IrExpr Flag(IrExpr truth) => new BinaryExpr(IrType.Flag, IrOp.NotEqual, truth, new WholeExpr(IrType.Truth, 0));

    static CastExpr Truth(IrOp op, IrExpr left, IrExpr right) => new(IrType.Truth, new BinaryExpr(IrType.Flag, op, left, right));

    static bool IsReal(IrExpr value) => value.Type is IrType.Float or IrType.Double;

    /// <summary>A signed overflow means nothing in C, an unsigned one does.</summary>
    static IrExpr Wrapped(IrOp op, IrExpr left, IrExpr right)
    {
        if (IsReal(left)) return new BinaryExpr(left.Type, op, left, right);
        var word = left.Type is IrType.Long or IrType.ULong ? IrType.ULong : IrType.UInt;
        return new BinaryExpr(word, op, left.As(word), right.As(word)).As(left.Type);
    }

    static string Name(ElementFunction function) => function.Text();

    static CallExpr Call(string name, params IrExpr[] x) => new(x[0].Type, $"{name}_{CNames.Of(x[0].Type)}", [.. x]);
}
