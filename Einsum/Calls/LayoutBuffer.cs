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

    /// <summary>The sizes, and the strides, of shape [0].</summary>
    static readonly nint[] s_empty = [0];

    nint _first;

    /// <summary>Writes the layouts into this buffer, or into an array where they do not fit.</summary>
    [UnscopedRef]
    internal ReadOnlySpan<nint> Write<T>(ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        Span<nint> words = this;
        var length = WriteOperands(operands, ref words);
        return words[..length];
    }

    /// <summary>The same with the destination's layout at the end.</summary>
    [UnscopedRef]
    internal ReadOnlySpan<nint> Write<T>(ReadOnlySpan<Operand<T>> operands, in TensorSpan<T> destination) where T : unmanaged
    {
        Span<nint> words = this;
        var at = WriteOperands(operands, ref words);
        // The platform's only span of rank 0 is the empty one: of shape [0], not a scalar.
        ReadOnlySpan<nint> lengths = destination.Lengths, strides = destination.Strides;
        if (lengths.IsEmpty) lengths = strides = s_empty;
        var end = at + 1 + 2 * lengths.Length;
        if (end > words.Length) words = Longer(words[..at], end);
        words[at++] = ~lengths.Length;
        foreach (var length in lengths) words[at++] = length;
        foreach (var stride in strides) words[at++] = stride;
        return words[..end];
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
        var all = words.AsSpan();
        _ = WriteOperands(operands, ref all);
        words[length] = ~(rank | Resident);
        ((Operand<T>)destination).WriteLayout(words.AsSpan(length + 1));
        return words;
    }

    /// <summary>What stands before an operand's sizes and strides.</summary>
    internal static nint Head<T>(in Operand<T> operand) where T : unmanaged => Head(operand, operand.Rank);

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

    /// <summary>Writes the operands' layouts, into longer words where they do not fit, and gives their length.</summary>
    static int WriteOperands<T>(ReadOnlySpan<Operand<T>> operands, ref Span<nint> words) where T : unmanaged
    {
        var at = 0;
        foreach (ref readonly var operand in operands)
        {
            var rank = operand.Rank;
            var end = at + 1 + 2 * rank;
            if (end > words.Length) words = Longer(words[..at], end);
            words[at] = Head(operand, rank);
            operand.WriteLayout(words[(at + 1)..end]);
            at = end;
        }
        return at;
    }

    static nint[] Longer(ReadOnlySpan<nint> words, int length)
    {
        var longer = new nint[2 * length];
        words.CopyTo(longer);
        return longer;
    }

    static nint Head<T>(in Operand<T> operand, int rank) where T : unmanaged => operand.IsResident ? rank | Resident : rank;
}
