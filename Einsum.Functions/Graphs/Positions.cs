namespace EinsumNet.Functions;

/// <summary>Where the elements of a strided box lie, in row-major order.</summary>
static class Positions
{
    internal static long[] Strides(Shape shape)
    {
        var strides = new long[shape.Rank];
        for (var (axis, stride) = (shape.Rank - 1, 1L); axis >= 0; stride *= shape[axis--]) strides[axis] = stride;
        return strides;
    }

    internal static IEnumerable<long> Of(Shape shape, long[] strides, long start = 0)
    {
        var count = shape.ElementCount ?? throw new OverflowException();
        var index = new long[shape.Rank];
        for (var (left, at) = (count, start); left > 0; left--)
        {
            yield return at;
            for (var axis = shape.Rank - 1; axis >= 0; axis--)
            {
                at += strides[axis];
                if (++index[axis] < shape[axis]) break;
                at -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }
    }
}
