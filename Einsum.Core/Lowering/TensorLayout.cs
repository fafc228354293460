using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>Where a tensor's elements lie: the stride of each axis in elements; an axis without a label may have any.</summary>
readonly record struct TensorLayout(ImmutableArray<long> Strides)
{
    /// <summary>Dense and row-major.</summary>
    internal static TensorLayout RowMajor(ReadOnlySpan<long> sizes)
    {
        var strides = new long[sizes.Length];
        var stride = 1L;
        for (var axis = sizes.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= sizes[axis];
        }
        return new TensorLayout([.. strides]);
    }

    /// <summary>The stride of each label: the sum over its axes, so that a repeated label walks the diagonal.</summary>
    internal Dictionary<int, long> ByLabel(ImmutableArray<int> axes)
    {
        var strides = new Dictionary<int, long>();
        foreach (var (axis, label) in axes.Index())
            if (label != BoundEquation.NoLabel) strides[label] = strides.GetValueOrDefault(label) + Strides[axis];
        return strides;
    }
}
