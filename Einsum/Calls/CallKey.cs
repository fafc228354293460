using System.Diagnostics.CodeAnalysis;

namespace EinsumNet;

/// <summary>What a call is cached by: the equation's text, the element type, and the sizes and strides of operands and destination.</summary>
sealed record CallKey(string Text, Type Element, nint[] Layouts);

/// <summary>The same on the stack, for the look-up.</summary>
readonly ref struct CallView(string text, Type element, ReadOnlySpan<nint> layouts)
{
    internal readonly string Text = text;
    internal readonly Type Element = element;
    internal readonly ReadOnlySpan<nint> Layouts = layouts;
}

sealed class CallKeyComparer : IEqualityComparer<CallKey>, IAlternateEqualityComparer<CallView, CallKey>
{
    internal static readonly CallKeyComparer Instance = new();

    public bool Equals(CallKey? left, CallKey? right) => left is not null && right is not null && Equals(View(left), right);

    public int GetHashCode([DisallowNull] CallKey key) => GetHashCode(View(key));

    public bool Equals(CallView view, CallKey key) =>
        ReferenceEquals(view.Element, key.Element) && view.Layouts.SequenceEqual(key.Layouts) && view.Text == key.Text;

    public int GetHashCode(CallView view) => Mix(view) ^ view.Text.GetHashCode();

    /// <summary>A hash of the layouts and a little of the text, in a few nanoseconds.</summary>
    internal static int Mix(CallView view)
    {
        // The factors are odd and differ, and the sums do not wait for each other as a chain of products would.
        var (hash, factor) = ((ulong)view.Text.Length << 16 | (view.Text.Length > 0 ? view.Text[^1] : '\0'), 0x9E3779B97F4A7C15UL);
        foreach (var word in view.Layouts)
        {
            hash += (ulong)word * factor;
            factor += 0xD1B54A32D192ED04UL;
        }
        return (int)(hash >> 32) ^ (int)hash;
    }

    public CallKey Create(CallView view) => new(view.Text, view.Element, view.Layouts.ToArray());

    static CallView View(CallKey key) => new(key.Text, key.Element, key.Layouts);
}
