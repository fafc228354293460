using System.Text;

namespace EinsumNet;

/// <summary>One name in a term: a single Unicode letter, or a whole name such as <c>batch</c>.</summary>
/// <param name="Name">The letter or name, never empty.</param>
public readonly record struct Label(string Name) : IComparable<Label>
{
    /// <summary>Whether the name is one Unicode letter, so that it may stand outside brackets.</summary>
    internal bool IsLetter => Rune.DecodeFromUtf16(Name, out var rune, out var length) == System.Buffers.OperationStatus.Done
        && length == Name.Length && Rune.IsLetter(rune);

    /// <summary>Orders labels by code point, so that <c>A</c>-<c>Z</c> come before <c>a</c>-<c>z</c>.</summary>
    public int CompareTo(Label other)
    {
        var (left, right) = (Name.EnumerateRunes(), other.Name.EnumerateRunes());
        while (true)
        {
            var (hasLeft, hasRight) = (left.MoveNext(), right.MoveNext());
            if (!hasLeft || !hasRight) return hasLeft.CompareTo(hasRight);
            var order = left.Current.Value.CompareTo(right.Current.Value);
            if (order != 0) return order;
        }
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
