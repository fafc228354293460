using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// A primitive: what it computes, as its four rules. Everything that users write is made of these; a derivative rule would be the fifth.
/// Records, so that equal operations on equal inputs are found to be common subexpressions.
/// </summary>
abstract record Op
{
    /// <summary>The name and the parameters, as graphs print them: <c>transpose[1, 0]</c>.</summary>
    internal abstract string Text { get; }

    /// <summary>The types of the results, or the error that the operands deserve.</summary>
    internal abstract ImmutableArray<TensorType> Infer(ImmutableArray<TensorExpr> inputs);

    /// <summary>The same operation with a mapped axis, leading wherever it is; some input has it.</summary>
    internal abstract ImmutableArray<Batched> Batch(ImmutableArray<Batched> inputs, long size);

    /// <summary>The meaning.</summary>
    internal abstract ImmutableArray<Dense> Evaluate(ImmutableArray<Dense> inputs);

    /// <summary>Whether its results are read through <see cref="ItemOp"/>, however many they are.</summary>
    internal virtual bool HasItems => false;

    public sealed override string ToString() => Text;
}

/// <summary>A value inside Vmap: with the mapped axis leading, or independent of it.</summary>
readonly record struct Batched(TensorExpr Value, bool IsMapped)
{
    /// <summary>The value with the mapped axis, repeated along it where it is independent.</summary>
    internal TensorExpr Mapped(long size) => IsMapped
        ? Value
        : Value.Apply(new BroadcastOp([size, .. Value.Shape], [.. Enumerable.Range(1, Value.Shape.Rank)]));

    internal static ImmutableArray<Batched> One(TensorExpr value) => [new Batched(value, true)];
}
