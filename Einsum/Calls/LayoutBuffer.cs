using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace EinsumNet;

/// <summary>
/// The sizes and strides of a call's operands as one list of words, each operand's rank before its sizes and strides; the key of the call's cache.
/// </summary>
[InlineArray(OnStack)]
struct LayoutBuffer
{
    /// <summary>Added to the rank of what lies in a device's memory, so that no call for the host's is found for it.</summary>
    internal const int Resident = 1 << 20;

    const int OnStack = 64;

    nint _first;

    /// <summary>Writes the layouts into this buffer, or into an array where they do not fit.</summary>
    [UnscopedRef]
    internal ReadOnlySpan<nint> Write<T>(ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        Span<nint> words = this;
        var length = Length(operands);
        if (length > OnStack) words = new nint[length];
        WriteOperands(operands, words);
        return words[..length];
    }

    /// <summary>The same with the destination's layout at the end.</summary>
    [UnscopedRef]
    internal ReadOnlySpan<nint> Write<T>(ReadOnlySpan<Operand<T>> operands, in TensorSpan<T> destination) where T : unmanaged
    {
        Span<nint> words = this;
        // The platform's only span of rank 0 is the empty one: of shape [0], not a scalar.
        var rank = Math.Max(1, destination.Rank);
        var length = Length(operands) + 1 + 2 * rank;
        if (length > OnStack) words = new nint[length];
        var at = WriteOperands(operands, words);
        words[at] = ~rank;
        words[(at + 1)..length].Clear();
        destination.Lengths.CopyTo(words[(at + 1)..]);
        destination.Strides.CopyTo(words[(at + 1 + rank)..]);
        return words[..length];
    }

    /// <summary>This buffer's first so many words, or an array where there are not so many.</summary>
    [UnscopedRef]
    internal Span<nint> Words(int length) => length <= OnStack ? ((Span<nint>)this)[..length] : new nint[length];

    /// <summary>Writes the layout of a dense row-major operand and gives its length.</summary>
    internal static int WriteDense(Span<nint> words, Shape shape)
    {
        var sizes = shape.AsSpan();
        var rank = sizes.Length;
        words[0] = rank;
        nint stride = 1;
        for (var axis = rank - 1; axis >= 0; axis--)
        {
            words[1 + axis] = checked((nint)sizes[axis]);
            words[1 + rank + axis] = stride;
            stride *= words[1 + axis];
        }
        return 1 + 2 * rank;
    }

    /// <summary>The same with a destination in a device's memory at the end.</summary>
    internal static nint[] Write<T>(ReadOnlySpan<Operand<T>> operands, ResidentTensor<T> destination) where T : unmanaged
    {
        var rank = destination.Shape.Rank;
        var length = Length(operands);
        var words = new nint[length + 1 + 2 * rank];
        WriteOperands(operands, words);
        words[length] = ~(rank | Resident);
        ((Operand<T>)destination).WriteLayout(words.AsSpan(length + 1));
        return words;
    }

    /// <summary>What stands before an operand's sizes and strides.</summary>
    internal static nint Head<T>(in Operand<T> operand) where T : unmanaged => operand.IsResident ? operand.Rank | Resident : operand.Rank;

    /// <summary>Appends a layout.</summary>
    internal static void Append(List<nint> words, StridedShape layout, bool isDestination)
    {
        var head = layout.IsResident ? layout.Shape.Rank | Resident : layout.Shape.Rank;
        words.Add(isDestination ? ~head : head);
        foreach (var size in layout.Shape.AsSpan()) words.Add(checked((nint)size));
        foreach (var stride in layout.Strides) words.Add((nint)stride);
    }

    static int Length<T>(ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        var length = operands.Length;
        foreach (ref readonly var operand in operands) length += 2 * operand.Rank;
        return length;
    }

    static int WriteOperands<T>(ReadOnlySpan<Operand<T>> operands, Span<nint> words) where T : unmanaged
    {
        var at = 0;
        foreach (ref readonly var operand in operands)
        {
            var rank = operand.Rank;
            words[at] = Head(operand);
            operand.WriteLayout(words.Slice(at + 1, 2 * rank));
            at += 1 + 2 * rank;
        }
        return at;
    }
}
