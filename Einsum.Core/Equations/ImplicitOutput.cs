using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>The output of an equation without an arrow: the ellipsis, then every label that occurs exactly once, by code point.</summary>
static class ImplicitOutput
{
    /// <summary>ba,...b ---> ...a</summary>
    internal static Subscripts Of(ImmutableArray<Subscripts> inputs, int textLength)
    {
        var labels = inputs.SelectMany(term => term.Labels)
            .GroupBy(label => label).Where(group => group.Count() == 1).Select(group => group.Key)
            .Order().ToImmutableArray();
        var nowhere = new TextSpan(textLength, 0);
        return new Subscripts(labels, [.. labels.Select(_ => nowhere)], inputs.Any(term => term.HasEllipsis) ? 0 : -1, false, nowhere);
    }
}
