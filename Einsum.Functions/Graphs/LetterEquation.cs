using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// An equation with one letter for every axis, so that a mapped axis can be one more.
/// <code>[batch i],...->...i   --->   ij,k->kj</code>
/// </summary>
static class LetterEquation
{
    internal static string Of(Equation equation, ImmutableArray<int> ranks)
    {
        var letters = new Dictionary<string, char>();
        var next = Letters.All().GetEnumerator();
        var widest = equation.Inputs.Zip(ranks, (term, rank) => term.HasEllipsis ? rank - term.Labels.Length : 0).Max();
        var inputs = equation.Inputs.Zip(ranks, (term, rank) => Term(term, rank - term.Labels.Length)).ToList();
        return $"{string.Join(",", inputs)}->{Term(equation.Output, widest)}";

        string Term(Subscripts term, int covered)
        {
            var names = term.Labels.Select(label => label.Name).ToList();
            // The axes of an ellipsis are aligned at their ends, so they are counted from there.
            if (term.HasEllipsis) names.InsertRange(term.EllipsisPosition, Enumerable.Range(0, covered).Select(i => $".{covered - i}"));
            var text = string.Concat(names.Select(Letter));
            return term.IsConjugated ? $"conj({text})" : text;
        }

        char Letter(string name)
        {
            if (letters.TryGetValue(name, out var known)) return known;
            next.MoveNext();
            return letters[name] = next.Current;
        }
    }
}
