using System.Collections.Immutable;
using Sprache;

namespace EinsumNet;

/// <summary>Makes terms of the grammar's tokens.</summary>
static class Terms
{
    /// <summary>The term whose labels stand before and after the ellipsis, or all before it where there is none.</summary>
    internal static Subscripts Of(
        int start, IEnumerable<ITextSpan<string>> before, ITextSpan<string>? ellipsis, IEnumerable<ITextSpan<string>> after)
    {
        ImmutableArray<ITextSpan<string>> labels = [.. before, .. after];
        ImmutableArray<ITextSpan<string>> tokens = ellipsis is null ? labels : [.. before, ellipsis, .. after];
        return new Subscripts(
            [.. labels.Select(token => new Label(token.Value))],
            [.. labels.Select(token => Between(token, token))],
            ellipsis is null ? -1 : before.Count(),
            isConjugated: false,
            tokens.IsEmpty ? new TextSpan(start, 0) : Between(tokens[0], tokens[^1]));
    }

    internal static Subscripts Enclose(ITextSpan<string> open, Subscripts term, ITextSpan<string> close) =>
        new(term.Labels, term.LabelSpans, term.EllipsisPosition, isConjugated: false, Between(open, close));

    internal static Subscripts Conjugate(ITextSpan<string> conj, Subscripts term, ITextSpan<string> close) =>
        new(term.Labels, term.LabelSpans, term.EllipsisPosition, isConjugated: true, Between(conj, close));

    static TextSpan Between(ITextSpan<string> first, ITextSpan<string> last) => new(first.Start.Pos, last.End.Pos - first.Start.Pos);
}
