using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace EinsumNet;

/// <summary>Reads back what <see cref="LayoutBuffer"/> wrote.</summary>
struct LayoutReader(nint[] words)
{
    int _at;

    internal readonly bool HasNext => _at < words.Length;

    /// <summary>The layout of one operand.</summary>
    internal static StridedShape Of<T>(in Operand<T> operand) where T : unmanaged
    {
        var words = new nint[1 + 2 * operand.Rank];
        words[0] = LayoutBuffer.Head(operand);
        operand.WriteLayout(words.AsSpan(1));
        return new LayoutReader(words).Next();
    }

    internal StridedShape Next()
    {
        var rank = (int)words[_at];
        // A destination's rank is written as its complement, so that it is never taken for one more operand.
        if (rank < 0) rank = ~rank;
        var isResident = (rank & LayoutBuffer.Resident) != 0;
        rank &= ~LayoutBuffer.Resident;
        var sizes = Shape.Create((ReadOnlySpan<nint>)words.AsSpan(_at + 1, rank));
        var strides = new long[rank];
        for (var axis = 0; axis < rank; axis++) strides[axis] = words[_at + 1 + rank + axis];
        _at += 1 + 2 * rank;
        return new StridedShape(sizes, ImmutableCollectionsMarshal.AsImmutableArray(strides), isResident);
    }
}

/// <summary>A shape with a stride per axis, in elements, and whether the elements lie in a device's memory.</summary>
readonly record struct StridedShape(Shape Shape, ImmutableArray<long> Strides, bool IsResident = false)
{
    /// <summary>How many elements lie from the first to the last, both counted; 0 where there is none.</summary>
    internal long Extent
    {
        get
        {
            if (Shape.AsSpan().Contains(0)) return 0;
            var extent = 1L;
            for (var axis = 0; axis < Strides.Length; axis++) extent += (Shape[axis] - 1) * Strides[axis];
            return extent;
        }
    }
}
