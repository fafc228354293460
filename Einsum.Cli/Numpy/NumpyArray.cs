namespace EinsumNet.Tool.Numpy;

/// <summary>An array as read from a file, its elements in the byte order of this machine.</summary>
/// <param name="Source">Where it came from, as the user wrote it.</param>
/// <param name="DType">The type of its elements.</param>
/// <param name="Shape">The size of each axis; empty for a scalar.</param>
abstract record NumpyArray(string Source, NumpyDType DType, Shape Shape);

/// <param name="Elements">The elements in the order of the file.</param>
/// <param name="FortranOrder">Whether the first axis varies fastest in <paramref name="Elements"/>.</param>
sealed record NumpyArray<T>(string Source, NumpyDType DType, Shape Shape, T[] Elements, bool FortranOrder) : NumpyArray(Source, DType, Shape)
    where T : unmanaged
{
    /// <summary>The array as an operand over the same memory; Fortran order becomes strides.</summary>
    internal Operand<T> ToOperand()
    {
        if (Shape.Rank == 0) return Elements[0];
        // The strides of an empty array are never followed, but they could overflow.
        if (!FortranOrder || Elements.Length == 0) return new Operand<T>(Elements, Shape);
        var strides = new long[Shape.Rank];
        var stride = 1L;
        for (var axis = 0; axis < strides.Length; axis++)
        {
            strides[axis] = stride;
            stride *= Shape[axis];
        }
        return new Operand<T>(Elements, Shape, strides);
    }
}
