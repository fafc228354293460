using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// Shares common subexpressions, computes what is constant, and drops operations that change nothing.
/// <code>%1 = mul (x, x); %2 = mul (x, x); %3 = add (%1, %2)   --->   %1 = mul (x, x); %2 = add (%1, %1)</code>
/// </summary>
sealed class Simplify
{
    /// <summary>A constant of more elements is computed where it is used.</summary>
    const int LargestFolded = 64;

    readonly Dictionary<Key, TensorExpr> _known = [];

    internal static Graph Run(Graph graph)
    {
        var pass = new Simplify();
        return GraphRewriter.Run(graph, pass.Rewrite);
    }

    TensorExpr Rewrite(TensorExpr node, ImmutableArray<TensorExpr> inputs)
    {
        if (WithoutEffect(node.Op, inputs) is { } same) return same;
        var key = new Key(node.Op, inputs);
        if (_known.TryGetValue(key, out var known)) return known;
        var made = inputs.SequenceEqual(node.Inputs) ? node : TensorExpr.Make(node.Op, inputs);
        if (CanFold(made)) made = Share(TensorExpr.Constant(made.Op.Evaluate([.. inputs.Select(input => ((ConstantOp)input.Op).Value)])[0]));
        return _known[key] = made;
    }

    TensorExpr Share(TensorExpr constant)
    {
        var key = new Key(constant.Op, []);
        return _known.TryGetValue(key, out var known) ? known : _known[key] = constant;
    }

    static bool CanFold(TensorExpr node) =>
        !node.Op.HasItems && node.Inputs.Length > 0 && node.Inputs.All(input => input.Op is ConstantOp) && node.Type.Count <= LargestFolded
        && node.Op is not (ItemOp or BroadcastOp)
        // A number that is repeated stays one; an integer division by zero is left to throw where it runs.
        && !(node.Op is ElementwiseOp { Function: ElementFunction.Divide or ElementFunction.Remainder } && node.Type.IsInteger);

    static TensorExpr? WithoutEffect(Op op, ImmutableArray<TensorExpr> inputs) => op switch
    {
        ReshapeOp reshape when inputs[0].Op is ReshapeOp => WithoutEffect(op, inputs[0].Inputs) ?? inputs[0].Inputs[0].Apply(reshape),
        ReshapeOp reshape when inputs[0].Shape == reshape.Shape => inputs[0],
        TransposeOp outer when inputs[0].Op is TransposeOp inner && Compose(inner, outer) is var order =>
            IsIdentity(order) ? inputs[0].Inputs[0] : inputs[0].Inputs[0].Apply(new TransposeOp(order)),
        TransposeOp transpose when IsIdentity(transpose.Order) => inputs[0],
        BroadcastOp broadcast when inputs[0].Shape == broadcast.Shape && IsIdentity(broadcast.Places) => inputs[0],
        ConvertOp convert when inputs[0].Element == convert.To => inputs[0],
        SliceOp { Start: 0, Step: 1 } slice when slice.Limit == inputs[0].Shape[slice.Axis] => inputs[0],
        ConcatOp when inputs.Length == 1 => inputs[0],
        ReduceOp { Reduced.Count: 0 } => inputs[0],
        _ => null,
    };

    static AxisList Compose(TransposeOp inner, TransposeOp outer) => [.. outer.Order.Select(axis => inner.Order[axis])];

    static bool IsIdentity(AxisList order) => order.SequenceEqual(Enumerable.Range(0, order.Count));

    readonly record struct Key(Op Op, ImmutableArray<TensorExpr> Inputs)
    {
        public bool Equals(Key other) => Op.Equals(other.Op) && Inputs.AsSpan().SequenceEqual(other.Inputs.AsSpan());

        public override int GetHashCode() => Inputs.Aggregate(Op.GetHashCode(), HashCode.Combine);
    }
}
