namespace EinsumNet.Functions;

/// <content>Shapes and contractions. Negative axes count from the end.</content>
public sealed partial class TensorExpr
{
    /// <summary>The elements in the same order under another shape; one size may be -1, which is worked out.</summary>
    public TensorExpr Reshape(Shape shape)
    {
        if (shape.Count(size => size == -1) == 1)
        {
            var rest = shape.Where(size => size != -1).Aggregate(1L, (product, size) => product * size);
            if (rest == 0 || Type.Count % rest != 0) throw FunctionErrors.Reshape(Shape, shape);
            shape = [.. shape.Select(size => size == -1 ? Type.Count / rest : size)];
        }
        return shape == Shape ? this : Apply(new ReshapeOp(shape));
    }

    /// <summary>The axes in another order: axis k of the result is axis <c>order[k]</c>; without an order they are reversed.</summary>
    public TensorExpr Transpose(params ReadOnlySpan<int> order)
    {
        if (order.Length == 0) return Apply(new TransposeOp([.. Enumerable.Range(0, Shape.Rank).Reverse()]));
        var axes = new int[order.Length];
        for (var i = 0; i < axes.Length; i++) axes[i] = AxisNumbers.Normalise("Transpose", order[i], Shape.Rank);
        return Apply(new TransposeOp([.. axes]));
    }

    /// <summary>The tensor repeated to a larger shape, by NumPy's rule.</summary>
    public TensorExpr Broadcast(Shape shape)
    {
        if (shape.Rank < Shape.Rank || shape.AsSpan().ContainsAnyInRange(long.MinValue, -1)) throw FunctionErrors.BroadcastTo(Shape, shape);
        return Broadcasting.To(this, shape);
    }

    /// <summary>Every <paramref name="step"/>-th element along an axis, from <paramref name="start"/> and before <paramref name="limit"/>.</summary>
    public TensorExpr Slice(int axis, long start, long limit, long step = 1) =>
        Apply(new SliceOp(AxisNumbers.Normalise("Slice", axis, Shape.Rank), start, limit, step));

    /// <summary>The element, or the part, at a position of the leading axis; negative positions count from the end.</summary>
    public TensorExpr this[long position]
    {
        get
        {
            if (Shape.Rank == 0) throw FunctionErrors.AxisRange("an index", 0, 0);
            var at = position < 0 ? position + Shape[0] : position;
            return Slice(0, at, at + 1).Reshape(Type.Inner.Shape);
        }
    }

    /// <summary>The part at a traced position (int or long, a scalar) of the leading axis; outside, the nearest inside, as in JAX.</summary>
    public TensorExpr At(TensorExpr position)
    {
        Given.Operand("At", 1, position);
        if (Shape.Rank == 0) throw FunctionErrors.AxisRange("At", 0, 0);
        return Make(new TakeOp(0), [this, Graph.Settle(position)]);
    }

    /// <summary>An axis moved to another place, the others in their order.</summary>
    public TensorExpr MoveAxis(int from, int to)
    {
        var (source, target) = (AxisNumbers.Normalise("MoveAxis", from, Shape.Rank), AxisNumbers.Normalise("MoveAxis", to, Shape.Rank));
        if (source == target) return this;
        var order = Enumerable.Range(0, Shape.Rank).ToList();
        order.Remove(source);
        order.Insert(target, source);
        return Apply(new TransposeOp([.. order]));
    }

    /// <summary>A further axis of size 1 at a place of the result.</summary>
    public TensorExpr ExpandDims(int axis)
    {
        var place = AxisNumbers.Normalise("ExpandDims", axis, Shape.Rank + 1);
        return Reshape([.. Shape.Take(place), 1, .. Shape.Skip(place)]);
    }

    /// <summary>The inner product over the last axis of this and the first of the other; of two vectors <c>i,i-></c>.</summary>
    public TensorExpr Dot(TensorExpr other)
    {
        Given.Operand("Dot", 1, other);
        if (Shape.Rank == 0 || other.Shape.Rank == 0) return this * other;
        var (left, right) = (Letters.Take(Shape.Rank), Letters.Take(other.Shape.Rank, Shape.Rank - 1));
        return Fn.Einsum($"{left},{right}->{left[..^1]}{right[1..]}", this, other);
    }

    /// <summary>The matrix product of the last two axes, broadcast over those in front, by NumPy's <c>matmul</c>.</summary>
    public TensorExpr MatMul(TensorExpr other)
    {
        Given.Operand("MatMul", 1, other);
        if (Shape.Rank == 0 || other.Shape.Rank == 0) throw FunctionErrors.AxisRange("MatMul", -1, 0);
        return (Shape.Rank, other.Shape.Rank) switch
        {
            (1, 1) => Fn.Einsum("i,i->", this, other),
            (1, _) => Fn.Einsum("i,...ij->...j", this, other),
            (_, 1) => Fn.Einsum("...ij,j->...i", this, other),
            _ => Fn.Einsum("...ij,...jk->...ik", this, other),
        };
    }
}
