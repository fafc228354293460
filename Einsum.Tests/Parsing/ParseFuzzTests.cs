using FsCheck;
using FsCheck.Fluent;

namespace EinsumNet.Tests;

public class ParseFuzzTests
{
    static readonly string[] s_pieces =
    [
        "i", "j", "é", "𝓐", "ab", "_", "1", "[a b]", "conj", "conj(", "(", ")", "[", "]", ",", "->", "-", ">", "→", "...", ".",
        " ", "\t", "\u200B", "\uD800", "\uDC00",
    ];

    static readonly Gen<string> s_texts = Gen.ArrayOf(Gen.Elements(s_pieces)).Select(string.Concat);

    [Test]
    public void The_finder_finds_an_error_exactly_where_the_grammar_refuses() => Check(s_texts, text =>
        ParseErrorFinder.Find(text) is not { } error
            ? EquationGrammar.Match(text) is not null
            : EquationGrammar.Match(text) is null && error.Code.StartsWith("EIN01") && error.Span.Length > 0 && error.Span.End <= text.Length);

    [Test]
    public void The_canonical_text_is_the_same_equation_and_its_own_canonical_text() => Check(Equations(), text =>
    {
        var equation = Equation.Parse(text);
        var again = Equation.Parse(equation.ToString());
        return again.Equals(equation) && again.GetHashCode() == equation.GetHashCode() && again.ToString() == equation.ToString();
    });

    static Gen<string> Equations()
    {
        var space = Gen.Elements("", "", " ", "\t ");
        var letters = Axes(Gen.Elements("i", "j", "k", "A", "β", "𝓐", "c", "o", "n"), space);
        var names = Axes(Gen.Elements("i", "batch", "_0", "x1", "𝓐𝓐", "conj"), Gen.Elements(" ", "  ", "\n")).Select(axes => $"[{axes}]");
        var plain = Gen.OneOf(letters, names);
        var input = Gen.OneOf(plain, plain.Select(term => $"conj({term})"));
        return
            from first in input
            from rest in Gen.ArrayOf(from before in space from after in space from term in input select $"{before},{after}{term}")
            from output in Gen.OneOf(Gen.Constant(""), plain.Select(term => $"->{term}"))
            select $"{first}{string.Concat(rest)}{output}";
    }

    static Gen<string> Axes(Gen<string> label, Gen<string> space) =>
        from before in Gen.ArrayOf(label)
        from ellipsis in Gen.Elements<string[]>([], [], ["..."])
        from after in Gen.ArrayOf(label)
        from between in space
        select string.Join(between, [.. before, .. ellipsis, .. after]);

    static void Check(Gen<string> texts, Func<string, bool> property) =>
        Prop.ForAll(Arb.From(texts), property).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(1, 1));
}
