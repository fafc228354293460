using System.Runtime.InteropServices;

namespace EinsumNet;

/// <summary>Memory with a shape and strides, checked once when it is made.</summary>
sealed class StridedMemory<T> where T : unmanaged
{
    readonly ReadOnlyMemory<T> _memory;
    readonly nint[] _layout;

    StridedMemory(ReadOnlyMemory<T> memory, nint[] layout)
    {
        _memory = memory;
        _layout = layout;
    }

    internal int Rank => _layout.Length / 2;

    internal ref readonly T First => ref MemoryMarshal.GetReference(_memory.Span);

    internal void WriteLayout(Span<nint> layout) => _layout.CopyTo(layout);

    internal bool HasLayout(ReadOnlySpan<nint> layout) => layout.SequenceEqual(_layout);

    internal static StridedMemory<T> Dense(ReadOnlyMemory<T> memory, Shape shape)
    {
        var strides = new long[shape.Rank];
        if (shape.AsSpan().ContainsAnyInRange(long.MinValue, -1) || shape.ElementCount is null) throw RunErrors.MemoryShape(shape);
        var stride = 1L;
        for (var axis = shape.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= Math.Max(1, shape[axis]);
        }
        return Strided(memory, shape, strides, 0);
    }

    internal static StridedMemory<T> Strided(ReadOnlyMemory<T> memory, Shape shape, ReadOnlySpan<long> strides, long offset)
    {
        if (strides.Length != shape.Rank) throw RunErrors.OperandStrides(shape, strides.Length);
        if (shape.AsSpan().ContainsAnyInRange(long.MinValue, -1) || shape.ElementCount is null) throw RunErrors.MemoryShape(shape);
        for (var axis = 0; axis < strides.Length; axis++)
            if (strides[axis] < 0) throw RunErrors.NegativeStride(axis, strides[axis]);
        if (offset < 0) throw RunErrors.NegativeOffset(offset);

        var needed = (Int128)offset;
        if (shape.ElementCount > 0)
        {
            needed += 1;
            for (var axis = 0; axis < strides.Length; axis++) needed += (Int128)(shape[axis] - 1) * strides[axis];
        }
        if (needed > memory.Length) throw RunErrors.MemoryTooShort(shape, needed, memory.Length);

        var layout = new nint[2 * shape.Rank];
        for (var axis = 0; axis < shape.Rank; axis++)
        {
            layout[axis] = (nint)shape[axis];
            layout[shape.Rank + axis] = (nint)strides[axis];
        }
        return new StridedMemory<T>(memory[(int)offset..], layout);
    }
}
