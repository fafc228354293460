using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>
/// Reads the labels back from a nest of vmaps; the inverse of <see cref="LowerToVmap"/>.
/// <code>vmap(vmap(dot, (0, null), 0), (null, 1), 1)   --->   ab,bc->ac</code>
/// </summary>
static class RaiseTerm
{
    internal static TermSignature Run(Term term)
    {
        var next = 0;
        var (inputs, output) = Raise(term);
        return TermSignature.Of(inputs, output);

        (ImmutableArray<ImmutableArray<int>> Inputs, ImmutableArray<int> Output) Raise(Term term)
        {
            switch (term)
            {
                case Multiply multiply:
                    return ([.. Enumerable.Repeat(ImmutableArray<int>.Empty, multiply.Operands)], []);
                case Dot:
                    var contracted = next++;
                    return ([[contracted], [contracted]], []);
                case Sum sum:
                    var summed = Raise(sum.Body);
                    return summed with { Output = summed.Output.RemoveAt(0) };
                case Vmap vmap:
                    var body = Raise(vmap.Body);
                    var mapped = next++;
                    return ([.. body.Inputs.Zip(vmap.InAxes, (labels, axis) => axis is { } at ? labels.Insert(at, mapped) : labels)], body.Output.Insert(vmap.OutAxis, mapped));
                default:
                    throw new InvalidOperationException($"No rule raises {term.GetType().Name}.");
            }
        }
    }
}

/// <summary>Labels of operands and result, renamed a, b, c ... in the order of appearance, so that equal meanings have equal texts.</summary>
readonly record struct TermSignature(string Text)
{
    internal static TermSignature Of(ImmutableArray<ImmutableArray<int>> inputs, ImmutableArray<int> output)
    {
        var names = inputs.SelectMany(labels => labels).Concat(output).Distinct().Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        return new TermSignature($"{string.Join(",", inputs.Select(Print))}->{Print(output)}");

        string Print(ImmutableArray<int> labels) => names.Count <= 26
            ? string.Concat(labels.Select(label => (char)('a' + names[label])))
            : string.Join(' ', labels.Select(label => names[label]));
    }

    public override string ToString() => Text;
}
