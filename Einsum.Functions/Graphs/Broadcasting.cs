namespace EinsumNet.Functions;

/// <summary>NumPy's broadcasting: shapes are aligned at their ends, and sizes of 1 grow.</summary>
static class Broadcasting
{
    internal static Shape Common(string operation, Shape left, Shape right)
    {
        var rank = Math.Max(left.Rank, right.Rank);
        var sizes = new long[rank];
        for (var axis = 0; axis < rank; axis++)
        {
            var (a, b) = (Size(left, axis - rank + left.Rank), Size(right, axis - rank + right.Rank));
            if (a != b && a != 1 && b != 1) throw FunctionErrors.Broadcast(operation, left, right);
            sizes[axis] = a == 1 ? b : a;
        }
        return [.. sizes];
    }

    static long Size(Shape shape, int axis) => axis < 0 ? 1 : shape[axis];

    internal static TensorExpr To(TensorExpr value, Shape shape) => value.Shape == shape
        ? value
        : value.Apply(new BroadcastOp(shape, [.. Enumerable.Range(shape.Rank - value.Shape.Rank, value.Shape.Rank)]));
}
