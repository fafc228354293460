using System.Collections.Immutable;
using System.Text;

namespace EinsumNet;

/// <summary>One term of an equation: the labels of one operand's axes, in order.</summary>
public sealed class Subscripts
{
    internal Subscripts(ImmutableArray<Label> labels, ImmutableArray<TextSpan> labelSpans, int ellipsisPosition, bool isConjugated, TextSpan span)
    {
        Labels = labels;
        LabelSpans = labelSpans;
        EllipsisPosition = ellipsisPosition;
        IsConjugated = isConjugated;
        Span = span;
    }

    /// <summary>The labels in the order of the axes; the axes of an ellipsis are not among them.</summary>
    public ImmutableArray<Label> Labels { get; }

    /// <summary>How many labels stand before the ellipsis, or -1 where there is none.</summary>
    public int EllipsisPosition { get; }

    /// <summary>Whether the term holds <c>...</c>.</summary>
    public bool HasEllipsis => EllipsisPosition >= 0;

    /// <summary>Whether the term is written <c>conj(...)</c>: its operand enters complex-conjugated.</summary>
    public bool IsConjugated { get; }

    /// <summary>Where the term stands in the equation's text.</summary>
    public TextSpan Span { get; }

    /// <summary>Where each label stands in the equation's text.</summary>
    internal ImmutableArray<TextSpan> LabelSpans { get; }

    /// <summary>The canonical text: letters side by side, or names in square brackets.</summary>
    public override string ToString()
    {
        var named = !Labels.All(label => label.IsLetter);
        var words = Labels.Select(label => label.Name).ToList();
        if (HasEllipsis) words.Insert(EllipsisPosition, "...");
        var text = new StringBuilder().AppendJoin(named ? " " : "", words);
        if (named) text.Insert(0, '[').Append(']');
        return IsConjugated ? $"conj({text})" : text.ToString();
    }
}
