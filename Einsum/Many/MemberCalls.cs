using System.Numerics.Tensors;

namespace EinsumNet;

/// <summary>Which call each member of a list takes, and the layouts that it was found for, so that the same layouts need no look-up again. Immutable.</summary>
/// <param name="words">The members' layouts behind each other, as <see cref="LayoutBuffer"/> writes them; a dense destination is left out.</param>
/// <param name="starts">Where each member's words start, and at last where all end.</param>
/// <param name="calls">The members' calls.</param>
sealed class MemberCalls(nint[] words, int[] starts, Call[] calls)
{
    internal Call[] Calls => calls;

    /// <summary>The layouts of one member.</summary>
    internal ReadOnlySpan<nint> Layouts(int member) => words.AsSpan(starts[member], starts[member + 1] - starts[member]);

    /// <summary>Whether the operands of the members from <paramref name="start"/> to <paramref name="end"/> lie as they did, and the destinations, if there are any, too.</summary>
    internal bool Fit<T>(int start, int end, in OperandLists<T> lists, Items<Tensor<T>>? destinations) where T : unmanaged
    {
        for (var member = start; member < end; member++)
        {
            var known = Layouts(member);
            for (var term = 0; term < lists.Terms; term++)
            {
                var operand = lists[term, member];
                var length = 1 + 2 * operand.Rank;
                if (known.Length < length || known[0] != LayoutBuffer.Head(operand) || !operand.HasLayout(known[1..length])) return false;
                known = known[length..];
            }
            if (destinations is { } list ? !FitsDestination(list[member], calls[member], known) : !known.IsEmpty) return false;
        }
        return true;
    }

    static bool FitsDestination<T>(Tensor<T>? destination, Call call, ReadOnlySpan<nint> known)
    {
        if (destination is null || !destination.Lengths.SequenceEqual(call.ResultLengths)) return false;
        if (known.IsEmpty) return DenseTensors.IsRowMajor(destination);
        return known.Length == 1 + 2 * destination.Rank && known[(1 + destination.Rank)..].SequenceEqual(destination.Strides);
    }
}

/// <summary>Questions about where a tensor's elements lie.</summary>
static class DenseTensors
{
    /// <summary>Whether the elements lie in the order of their indices, without gaps.</summary>
    internal static bool IsRowMajor<T>(Tensor<T> tensor)
    {
        var lengths = tensor.Lengths;
        var strides = tensor.Strides;
        nint dense = 1;
        for (var axis = lengths.Length - 1; axis >= 0; axis--)
        {
            if (lengths[axis] != 1 && strides[axis] != dense) return false;
            dense *= lengths[axis];
        }
        return true;
    }
}
