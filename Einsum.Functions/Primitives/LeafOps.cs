using System.Collections.Immutable;
using System.Numerics;

namespace EinsumNet.Functions;

/// <summary>A value that the caller gives: an operand of a traced function. Each is itself only, so two of one type are not confused.</summary>
sealed record ParameterOp(TensorType Type) : Op
{
    internal override string Text => "parameter";

    public bool Equals(ParameterOp? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    internal override ImmutableArray<TensorType> Infer(ImmutableArray<TensorExpr> inputs) => [Type];

    internal override ImmutableArray<Batched> Batch(ImmutableArray<Batched> inputs, long size) => throw new InvalidOperationException("A parameter has no input that could be mapped.");

    // Whoever evaluates a function knows the values of its own parameters, so this one is another function's.
    internal override ImmutableArray<Dense> Evaluate(ImmutableArray<Dense> inputs) => throw FunctionErrors.Leaked(Type.ToString());
}

/// <summary>A value that is known while tracing; two are equal where type and elements are.</summary>
sealed record ConstantOp(Dense Value) : Op
{
    internal override string Text => Value.Data.Length == 1 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Value.Data.GetValue(0)}") : "constant";

    public bool Equals(ConstantOp? other) =>
        other is not null && (ReferenceEquals(Value, other.Value) || Value.Type == other.Value.Type && Value.Data.Length == 1 && SameBits(Value.Data.GetValue(0)!, other.Value.Data.GetValue(0)!));

    // Positive and negative zero are equal numbers, but 1 / x tells them apart.
    static bool SameBits(object left, object right) => left switch
    {
        double number => BitConverter.DoubleToInt64Bits(number) == BitConverter.DoubleToInt64Bits((double)right),
        Half number => BitConverter.HalfToInt16Bits(number) == BitConverter.HalfToInt16Bits((Half)right),
        Complex number => SameBits(number.Real, ((Complex)right).Real) && SameBits(number.Imaginary, ((Complex)right).Imaginary),
        float number => BitConverter.SingleToInt32Bits(number) == BitConverter.SingleToInt32Bits((float)right),
        _ => left.Equals(right),
    };

    public override int GetHashCode() => Value.Data.Length == 1 ? HashCode.Combine(Value.Type, Value.Data.GetValue(0)) : System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(Value);

    internal override ImmutableArray<TensorType> Infer(ImmutableArray<TensorExpr> inputs) => [Value.Type];

    internal override ImmutableArray<Batched> Batch(ImmutableArray<Batched> inputs, long size) => throw new InvalidOperationException("A constant has no input that could be mapped.");

    internal override ImmutableArray<Dense> Evaluate(ImmutableArray<Dense> inputs) => [Value];
}

/// <summary>One of the results of an operation that has several.</summary>
sealed record ItemOp(int Index) : Op
{
    internal override string Text => $"item[{Index}]";

    internal override ImmutableArray<TensorType> Infer(ImmutableArray<TensorExpr> inputs) => [inputs[0].Types[Index]];

    internal override ImmutableArray<Batched> Batch(ImmutableArray<Batched> inputs, long size) => throw new InvalidOperationException("Items are batched with their operation.");

    internal override ImmutableArray<Dense> Evaluate(ImmutableArray<Dense> inputs) => throw new InvalidOperationException("Items are read from their operation.");
}
