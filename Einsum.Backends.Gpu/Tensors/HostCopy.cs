using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Gpu;

/// <summary>Operands on the host in dense row-major order.</summary>
static class HostCopy
{
    /// <summary>A copy of the elements in order, or null where they lie so already.</summary>
    internal static T[]? DenseOrNull<T>(in Operand<T> operand) where T : unmanaged
    {
        var shape = operand.Shape;
        var layout = new nint[2 * shape.Rank];
        operand.WriteLayout(layout);
        var strides = layout.AsSpan(shape.Rank);
        nint dense = 1;
        var isDense = true;
        for (var axis = shape.Rank - 1; axis >= 0; axis--)
        {
            isDense &= shape[axis] == 1 || strides[axis] == dense;
            dense *= (nint)shape[axis];
        }
        if (isDense) return null;
        var copy = new T[dense];
        var index = new nint[shape.Rank];
        nint position = 0;
        for (var i = 0; i < copy.Length; i++)
        {
            copy[i] = Unsafe.Add(ref Unsafe.AsRef(in operand.First), position);
            for (var axis = shape.Rank - 1; axis >= 0; axis--)
            {
                position += strides[axis];
                if (++index[axis] < shape[axis]) break;
                position -= index[axis] * strides[axis];
                index[axis] = 0;
            }
        }
        return copy;
    }
}
