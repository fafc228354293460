using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// Writes a value at given indices as an expression over buffers: elementwise operations are computed where they are used, and transposes,
/// slices, broadcasts and reshapes become the places of loads.
/// </summary>
sealed class Lowering(Func<TensorExpr, int?> bufferOf, int loops, Func<TensorExpr, ImmutableArray<Affine>, KernelExpr?> special)
{
    readonly Dictionary<(TensorExpr, string), KernelExpr?> _known = [];

    /// <summary>The expression, or null where there is none (a reshape that no strides describe, or an operation that is no kernel's).</summary>
    internal KernelExpr? Run(TensorExpr node, ImmutableArray<Affine> index)
    {
        var key = (node, string.Join(';', index.Select(affine => $"{affine.Offset},{string.Join(',', affine.Factors)}")));
        return _known.TryGetValue(key, out var known) ? known : _known[key] = Lower(node, index);
    }

    KernelExpr? Lower(TensorExpr node, ImmutableArray<Affine> index)
    {
        if (special(node, index) is { } given) return given;
        // Counting is cheaper than reading numbers, and a place that is counted needs no clamping.
        if (node.Op is IotaOp iota) return new CounterExpr(index[0].Plus(iota.Start));
        if (bufferOf(node) is { } buffer) return Load(node, buffer, index);
        switch (node.Op)
        {
            case ConstantOp { Value.Data.Length: 1 } constant:
                return new NumberExpr(node.Element, constant.Value.Data.GetValue(0)!);
            case ElementwiseOp elementwise:
                var operands = node.Inputs.Select(input => Run(input, index)).ToList();
                return operands.Contains(null) ? null : new ApplyExpr(node.Element, elementwise.Function, [.. operands!]);
            case ConvertOp:
                return Run(node.Inputs[0], index) is { } operand ? new CastExpr(node.Element, operand) : null;
            case BroadcastOp broadcast:
                var shape = node.Inputs[0].Shape;
                return Run(node.Inputs[0], [.. shape.Select((size, axis) => size == 1 ? Affine.Zero(loops) : index[broadcast.Places[axis]])]);
            case TransposeOp transpose:
                var order = transpose.Order.ToList();
                return Run(node.Inputs[0], [.. Enumerable.Range(0, index.Length).Select(axis => index[order.IndexOf(axis)])]);
            case SliceOp slice:
                return Run(node.Inputs[0], [.. index.Select((affine, axis) => axis == slice.Axis ? affine.Times(slice.Step).Plus(slice.Start) : affine)]);
            case ReshapeOp when bufferOf(node.Inputs[0]) is { } dense:
                // Dense memory has every shape of as many elements.
                return Load(node, dense, index);
            case ReshapeOp:
                return ReshapeIndex.Of(node.Inputs[0].Shape, node.Shape, index, loops) is { } reshaped ? Run(node.Inputs[0], reshaped) : null;
            case TakeOp take when bufferOf(node.Inputs[0]) is { } source:
                return Run(node.Inputs[1], index[..take.Shared]) is { } position ? Take(node.Inputs[0], source, take.Shared, position, index) : null;
            default:
                return null;
        }
    }

    /// <summary>The extents of the loops, where they are known: a counter that stays inside needs no clamping.</summary>
    internal ImmutableArray<long> Extents { get; init; } = [];

    KernelExpr Take(TensorExpr source, int buffer, int axis, KernelExpr position, ImmutableArray<Affine> index)
    {
        var size = source.Shape[axis];
        if (position is CounterExpr counter && IsInside(counter.Value, size)) return Load(source, buffer, index.Insert(axis, counter.Value));
        var whole = position.Element == ElementType.Long ? position : new CastExpr(ElementType.Long, position);
        return new IndexedLoadExpr(source.Element, buffer, Place(source.Shape, index.Insert(axis, Affine.Zero(loops)), loops), whole, Positions.Strides(source.Shape)[axis], size);
    }

    bool IsInside(Affine place, long size) => !Extents.IsEmpty && place.Range(loop => Extents[loop]) is var (least, most) && least >= 0 && most < size;

    LoadExpr Load(TensorExpr node, int buffer, ImmutableArray<Affine> index) => new(node.Element, buffer, Place(node.Shape, index, loops));

    internal static Affine Place(Shape shape, ImmutableArray<Affine> index, int loops)
    {
        var strides = Positions.Strides(shape);
        return index.Select((affine, axis) => affine.Times(strides[axis])).Aggregate(Affine.Zero(loops), (sum, term) => sum.Plus(term));
    }
}
