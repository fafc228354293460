using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace EinsumNet.Functions;

/// <summary>
/// What a traced lambda sees: a tensor whose shape and element type are known and whose elements are not yet. Operations on it make a graph,
/// which is compiled, mapped or repeated later. Immutable; shapes follow NumPy's broadcasting; numbers take the element type of what they meet.
/// </summary>
public sealed partial class TensorExpr
{
    TensorExpr(Op op, ImmutableArray<TensorExpr> inputs, ImmutableArray<TensorType> types, bool isWeak = false) =>
        (Op, Inputs, Types, IsWeak) = (op, inputs, types, isWeak);

    /// <summary>The sizes of the axes.</summary>
    public Shape Shape => Type.Shape;

    /// <summary>The type of the elements.</summary>
    public Type ElementType => Element.ToType();

    internal Op Op { get; }

    internal ImmutableArray<TensorExpr> Inputs { get; }

    internal ImmutableArray<TensorType> Types { get; }

    /// <summary>Whether it is a number of C#, which takes the element type of what it meets.</summary>
    internal bool IsWeak { get; }

    internal TensorType Type => Types[0];

    internal ElementType Element => Type.Element;

    internal static TensorExpr Make(Op op, ImmutableArray<TensorExpr> inputs) => new(op, inputs, op.Infer(inputs));

    internal TensorExpr Apply(Op op) => Make(op, [this]);

    internal static TensorExpr Constant(Dense value) => Make(new ConstantOp(value), []);

    internal static TensorExpr Scalar(ElementType element, object value) => Constant(Dense.Scalar(element, value));

    /// <summary>The results, as values of their own.</summary>
    internal ImmutableArray<TensorExpr> Items() => [.. Enumerable.Range(0, Types.Length).Select(i => Apply(new ItemOp(i)))];

    /// <summary>A number, which takes the element type of what it meets.</summary>
    public static implicit operator TensorExpr(double value) => Weak(EinsumNet.ElementType.Double, value);

    /// <summary>An integer, which takes the element type of what it meets.</summary>
    public static implicit operator TensorExpr(long value) => Weak(EinsumNet.ElementType.Long, value);

    /// <summary>True or false.</summary>
    public static implicit operator TensorExpr(bool value) => Scalar(EinsumNet.ElementType.Bool, value);

    static TensorExpr Weak(ElementType element, object value)
    {
        var op = new ConstantOp(Dense.Scalar(element, value));
        return new TensorExpr(op, [], op.Infer([]), isWeak: true);
    }

    /// <summary>Nothing is known while tracing, so C# cannot branch on a traced value.</summary>
    /// <exception cref="EinsumException">Always (EIN0508): the message names what to use.</exception>
    public static bool operator true(TensorExpr value) => throw FunctionErrors.Truth();

    /// <inheritdoc cref="op_True"/>
    public static bool operator false(TensorExpr value) => throw FunctionErrors.Truth();

    /// <inheritdoc cref="op_True"/>
    [SuppressMessage("Usage", "CA2225", Justification = "It always throws.")]
    public static implicit operator bool(TensorExpr value) => throw FunctionErrors.Truth();

    /// <summary>Element type, shape and operation, never a number: <c>double[3] add</c>.</summary>
    public override string ToString() => $"{Type} {Op}";
}
