using System.Runtime.CompilerServices;

namespace EinsumNet;

/// <summary>One list of operands per term; a list of one member is shared by all.</summary>
readonly struct OperandLists<T> where T : unmanaged
{
    [InlineArray(Length)]
    struct Few
    {
        internal const int Length = 4;

        Items<Operand<T>> _first;
    }

    // Lists of the usual equations lie in the struct, so that a repeated call allocates nothing.
    readonly Few _few;
    readonly Items<Operand<T>>[]? _many;

    internal OperandLists(Equation equation, ReadOnlySpan<IReadOnlyList<Operand<T>>> lists)
    {
        Members = MemberCount.Of(equation, lists);
        Terms = lists.Length;
        if (Terms > Few.Length) _many = new Items<Operand<T>>[Terms];
        for (var i = 0; i < Terms; i++)
        {
            if (_many is null) _few[i] = new Items<Operand<T>>(lists[i]);
            else _many[i] = new Items<Operand<T>>(lists[i]);
        }
    }

    internal int Members { get; }

    internal int Terms { get; }

    /// <summary>The operand of one member for one term.</summary>
    internal Operand<T> this[int term, int member]
    {
        get
        {
            var list = _many is null ? _few[term] : _many[term];
            return list[list.Count == 1 ? 0 : member];
        }
    }

    /// <summary>Copies the operands of one member.</summary>
    internal void Read(int member, Span<Operand<T>> operands)
    {
        for (var i = 0; i < Terms; i++) operands[i] = this[i, member];
    }
}

/// <summary>How many members lists have together.</summary>
static class MemberCount
{
    /// <summary>The common length of the lists, those of one member aside.</summary>
    /// <exception cref="EinsumException">There is not one list per term (EIN0601), or their lengths disagree (EIN0602).</exception>
    internal static int Of<TItem>(Equation equation, ReadOnlySpan<IReadOnlyList<TItem>> lists)
    {
        if (lists.Length != equation.Inputs.Length) throw ManyErrors.ListCount(equation, lists.Length);
        foreach (var list in lists) ArgumentNullException.ThrowIfNull(list, nameof(lists));
        var other = 0;
        while (other < lists.Length - 1 && lists[other].Count == 1) other++;
        for (var i = other + 1; i < lists.Length; i++)
            if (lists[i].Count != 1 && lists[i].Count != lists[other].Count) throw ManyErrors.ListLengths(equation, other, lists[other].Count, i, lists[i].Count);
        return lists[other].Count;
    }
}
