using System.Runtime.CompilerServices;

namespace EinsumNet.Functions;

/// <summary>Operands as dense tensors of the interpreter.</summary>
static class OperandReader
{
    internal static Dense ToDense<T>(in Operand<T> operand) where T : unmanaged
    {
        var (shape, data) = (operand.Shape, new T[operand.Shape.ElementCount!.Value]);
        CopyTo(operand, shape, data);
        return Dense.Of(shape, data);
    }

    /// <summary>Whether elements of these sizes and strides lie side by side in row-major order.</summary>
    internal static bool IsDense(ReadOnlySpan<nint> sizes, ReadOnlySpan<nint> strides)
    {
        var stride = (nint)1;
        for (var axis = sizes.Length - 1; axis >= 0; axis--)
        {
            if (sizes[axis] != 1 && strides[axis] != stride && !sizes.Contains(0)) return false;
            stride *= sizes[axis];
        }
        return true;
    }

    internal static bool IsDense<T>(in Operand<T> operand) where T : unmanaged
    {
        var rank = operand.Rank;
        Span<nint> layout = rank <= 16 ? stackalloc nint[2 * rank] : new nint[2 * rank];
        operand.WriteLayout(layout);
        return IsDense(layout[..rank], layout[rank..]);
    }

    static void CopyTo<T>(in Operand<T> operand, Shape shape, T[] target) where T : unmanaged
    {
        var layout = new nint[2 * shape.Rank];
        operand.WriteLayout(layout);
        var (index, next) = (0, Positions.Of(shape, [.. layout[shape.Rank..].Select(stride => (long)stride)]));
        foreach (var position in next) target[index++] = Unsafe.Add(ref Unsafe.AsRef(in operand.First), (nint)position);
    }
}
