using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>A function of tensors built from primitives on scalars and vectors by <see cref="Vmap"/>; what a step is lowered to and printed as.</summary>
abstract record Term
{
    /// <summary>How many operands the function takes.</summary>
    internal abstract int Arity { get; }
}

/// <summary>The product of scalars: <c>,-></c>, printed <c>mul</c>; of one scalar it is <c>id</c>, of none <c>zero</c>.</summary>
sealed record Multiply(int Operands) : Term
{
    internal override int Arity => Operands;

    public override string ToString() => Operands switch { 0 => "zero", 1 => "id", _ => "mul" };
}

/// <summary>The inner product of two vectors: <c>i,i-></c>.</summary>
sealed record Dot : Term
{
    internal override int Arity => 2;

    public override string ToString() => "dot";
}

/// <summary>The sum of a function's result over its leading axis; of the identity mapped over a vector it is printed <c>sum</c>: <c>i-></c>.</summary>
sealed record Sum(Term Body) : Term
{
    internal override int Arity => Body.Arity;

    public override string ToString() => Body is Vmap { Body: Multiply { Operands: 1 } } ? "sum" : $"sum({Body})";
}

/// <summary>
/// <paramref name="Body"/> mapped over one axis of the operands: <c>InAxes[i]</c> is that axis of operand i, or null where the operand is used whole;
/// the mapped axis becomes axis <paramref name="OutAxis"/> of the result. Where no operand is mapped, <paramref name="AxisSize"/> says how often.
/// </summary>
sealed record Vmap(Term Body, ImmutableArray<int?> InAxes, int OutAxis, long? AxisSize = null) : Term
{
    internal override int Arity => Body.Arity;

    public override string ToString()
    {
        var axes = string.Join(", ", InAxes.Select(axis => axis?.ToString() ?? "null"));
        return $"vmap({Body}, {(InAxes.Length == 1 ? axes : $"({axes})")}, {OutAxis}{(AxisSize is { } size ? $", axisSize: {size}" : "")})";
    }
}
