using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>The numbers Start, Start + 1, ... as longs.</summary>
sealed record IotaOp(long Start, long Size) : Op
{
    internal override string Text => $"iota[{Start}, {Size}]";

    internal override ImmutableArray<TensorType> Infer(ImmutableArray<TensorExpr> inputs) => [new TensorType(ElementType.Long, [Size])];

    internal override ImmutableArray<Batched> Batch(ImmutableArray<Batched> inputs, long size) => throw new InvalidOperationException("Iota has no input that could be mapped.");

    internal override ImmutableArray<Dense> Evaluate(ImmutableArray<Dense> inputs)
    {
        var numbers = new long[Size];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = Start + i;
        return [Dense.Of([Size], numbers)];
    }
}
