using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>A value of a kernel, without effects. Constants are folded as expressions are made, so that a stride of 1 or 0 leaves no trace in the text.</summary>
abstract record IrExpr(IrType Type)
{
    internal virtual ImmutableArray<IrExpr> Inputs => [];

    public static implicit operator IrExpr(long value) => new WholeExpr(IrType.Index, value);

    public static IrExpr operator +(IrExpr left, IrExpr right) => IrFold.Add(left, right);

    public static IrExpr operator -(IrExpr left, IrExpr right) => IrFold.Subtract(left, right);

    public static IrExpr operator *(IrExpr left, IrExpr right) => IrFold.Multiply(left, right);

    public static IrExpr operator /(IrExpr left, IrExpr right) => IrFold.Divide(left, right);

    public static IrExpr operator %(IrExpr left, IrExpr right) => IrFold.Remainder(left, right);

    public static IrExpr operator <(IrExpr left, IrExpr right) => new BinaryExpr(IrType.Flag, IrOp.Less, left, right);

    public static IrExpr operator >(IrExpr left, IrExpr right) => right < left;

    public static IrExpr operator &(IrExpr left, IrExpr right) => IrFold.Both(left, right);

    internal IrExpr As(IrType type) => Type == type ? this : new CastExpr(type, this);

    internal static IrExpr Min(IrExpr left, IrExpr right) => new BinaryExpr(left.Type, IrOp.Min, left, right);

    internal static IrExpr Equal(IrExpr left, IrExpr right) => new BinaryExpr(IrType.Flag, IrOp.Equal, left, right);
}

/// <summary>A whole number of an index or integer type; of a flag or a truth value 0 or 1.</summary>
sealed record WholeExpr(IrType Type, long Value) : IrExpr(Type);

/// <summary>A constant of type float, double or Complex.</summary>
sealed record RealExpr(IrType Type, double Value) : IrExpr(Type);

/// <summary>A complex number of two doubles.</summary>
sealed record ComplexExpr(IrExpr Real, IrExpr Imaginary) : IrExpr(IrType.Complex)
{
    internal override ImmutableArray<IrExpr> Inputs => [Real, Imaginary];
}

/// <summary>A variable: one that a statement made, or a size that the kernel is given.</summary>
sealed record VariableExpr(IrType Type, string Name) : IrExpr(Type);

/// <summary>A number of the launch.</summary>
sealed record BuiltinExpr(IrBuiltin Builtin) : IrExpr(IrType.Index);

/// <summary>Of the launch: this thread's number in its group, this group's number, and how many groups there are.</summary>
enum IrBuiltin { Thread, Group, Groups }

/// <summary>An operation on two values of one type.</summary>
sealed record BinaryExpr(IrType Type, IrOp Op, IrExpr Left, IrExpr Right) : IrExpr(Type)
{
    internal override ImmutableArray<IrExpr> Inputs => [Left, Right];
}

enum IrOp { Add, Subtract, Multiply, Divide, Remainder, Min, Max, And, Or, Xor, ShiftLeft, ShiftRight, Less, LessOrEqual, Equal, NotEqual }

/// <summary><c>left * right + sum</c>, rounded once where the device can.</summary>
sealed record FmaExpr(IrExpr Left, IrExpr Right, IrExpr Sum) : IrExpr(Sum.Type)
{
    internal override ImmutableArray<IrExpr> Inputs => [Left, Right, Sum];
}

/// <summary>The one or the other; the one that is not chosen is not computed, so a guarded load stays within its array.</summary>
sealed record SelectExpr(IrExpr Condition, IrExpr Then, IrExpr Else) : IrExpr(Then.Type)
{
    internal override ImmutableArray<IrExpr> Inputs => [Condition, Then, Else];
}

/// <summary>An element of an array, as a value of its own type.</summary>
sealed record LoadExpr(IrArray Array, IrExpr Place) : IrExpr(Array.Element.Value())
{
    internal override ImmutableArray<IrExpr> Inputs => [Place];
}

/// <summary>A value in another type as a cast of C does it: integers keep their low bits.</summary>
sealed record CastExpr(IrType Type, IrExpr Operand) : IrExpr(Type)
{
    internal override ImmutableArray<IrExpr> Inputs => [Operand];
}

/// <summary>
/// An element of one type as an element of another: numbers out of range become the closest, fractions are cut off, NaN is 0 as an integer, as
/// C#'s <c>CreateSaturating</c> has it.
/// </summary>
sealed record SaturateExpr(ElementType From, ElementType To, IrExpr Operand) : IrExpr(To.Value())
{
    internal override ImmutableArray<IrExpr> Inputs => [Operand];
}

/// <summary>A function of the prologue or of the language.</summary>
sealed record CallExpr(IrType Type, string Function, ImmutableArray<IrExpr> Arguments) : IrExpr(Type)
{
    internal override ImmutableArray<IrExpr> Inputs => Arguments;
}
