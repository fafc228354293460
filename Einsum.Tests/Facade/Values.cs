using System.Numerics.Tensors;

namespace EinsumNet.Tests.Facade;

/// <summary>Small operands and plain looks at results.</summary>
static class Values
{
    internal static readonly double[,] Matrix = { { 1, 2, 3 }, { 4, 5, 6 } };

    internal static readonly double[] Vector = [1, 10, 100];

    /// <summary>The elements in row-major order.</summary>
    internal static T[] Elements<T>(this Tensor<T> tensor)
    {
        var elements = new T[tensor.FlattenedLength];
        tensor.FlattenTo(elements);
        return elements;
    }

    internal static long[] Shape<T>(this Tensor<T> tensor) => Array.ConvertAll(tensor.Lengths.ToArray(), size => (long)size);

    /// <summary>0, 1, 2, ... of the shape.</summary>
    internal static Tensor<T> Range<T>(params ReadOnlySpan<nint> lengths) where T : unmanaged, System.Numerics.INumberBase<T>
    {
        var count = (int)TensorPrimitives.Product(lengths);
        return Tensor.Create([.. Enumerable.Range(0, count).Select(T.CreateTruncating)], lengths);
    }
}
