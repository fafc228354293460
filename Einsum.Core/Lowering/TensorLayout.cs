using System.Collections.Immutable;
using System.Runtime.InteropServices;

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
        return new TensorLayout(ImmutableCollectionsMarshal.AsImmutableArray(strides));
    }

    /// <summary>The stride of each of so many labels: the sum over its axes, so that a repeated label walks the diagonal, and 0 without any.</summary>
    internal long[] ByLabel(ImmutableArray<int> axes, int labels)
    {
        var strides = new long[labels];
        for (var axis = 0; axis < axes.Length; axis++)
            if (axes[axis] != BoundEquation.NoLabel) strides[axes[axis]] += Strides[axis];
        return strides;
    }
}
