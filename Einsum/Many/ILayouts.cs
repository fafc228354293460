using System.Numerics.Tensors;

namespace EinsumNet;

/// <summary>The layouts of the members of some lists, one after the other.</summary>
interface ILayouts
{
    /// <summary>How many words <see cref="Write"/> writes for the member.</summary>
    int Length(int member);

    /// <summary>Writes the member's layouts as <see cref="LayoutBuffer"/> does.</summary>
    void Write(int member, Span<nint> words);
}

/// <summary>Dense row-major operands of given shapes.</summary>
readonly struct DenseLayouts(IReadOnlyList<Shape>[] lists) : ILayouts
{
    public int Length(int member)
    {
        var length = lists.Length;
        foreach (var list in lists) length += 2 * Of(list, member).Rank;
        return length;
    }

    public void Write(int member, Span<nint> words)
    {
        foreach (var list in lists) words = words[LayoutBuffer.WriteDense(words, Of(list, member))..];
    }

    static Shape Of(IReadOnlyList<Shape> list, int member) => list[list.Count == 1 ? 0 : member];
}

/// <summary>Operands as they lie, and destinations where these are given and not dense: calls write dense results anyway.</summary>
readonly struct OperandLayouts<T>(OperandLists<T> lists, Items<Tensor<T>>? destinations) : ILayouts where T : unmanaged
{
    public int Length(int member)
    {
        var length = lists.Terms;
        for (var term = 0; term < lists.Terms; term++) length += 2 * lists[term, member].Rank;
        return destinations is { } list && !DenseTensors.IsRowMajor(list[member]) ? length + 1 + 2 * list[member].Rank : length;
    }

    public void Write(int member, Span<nint> words)
    {
        for (var term = 0; term < lists.Terms; term++)
        {
            var operand = lists[term, member];
            words[0] = LayoutBuffer.Head(operand);
            operand.WriteLayout(words.Slice(1, 2 * operand.Rank));
            words = words[(1 + 2 * operand.Rank)..];
        }
        if (words.IsEmpty) return;
        var destination = destinations!.Value[member];
        words[0] = ~destination.Rank;
        destination.Lengths.CopyTo(words[1..]);
        destination.Strides.CopyTo(words[(1 + destination.Rank)..]);
    }
}
