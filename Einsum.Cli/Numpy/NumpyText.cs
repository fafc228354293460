namespace EinsumNet.Tool.Numpy;

/// <summary>How NumPy writes things.</summary>
static class NumpyText
{
    /// <summary>A Python tuple: <c>()</c>, <c>(3,)</c>, <c>(3, 4)</c>.</summary>
    internal static string Shape(Shape shape) => shape.Rank == 1 ? $"({shape[0]},)" : $"({string.Join(", ", (IEnumerable<long>)shape)})";
}
