using Sprache;
using static EinsumNet.Tokens;

namespace EinsumNet;

/// <summary>
/// The grammar, smallest production first. White space belongs to the token before it. Nothing recurses, so the time is linear in
/// the text and the depth of the stack does not depend on it. What is wrong with a text that does not match is for
/// <see cref="ParseErrorFinder"/> to say.
/// </summary>
static class EquationGrammar
{
    // i
    static readonly Parser<ITextSpan<string>> Letter = Token(Character(Alphabet.IsLetter));

    // batch
    static readonly Parser<ITextSpan<string>> Name = Token(
        from first in Character(Alphabet.StartsName)
        from rest in Character(Alphabet.ContinuesName).Many()
        select first + string.Concat(rest));

    static readonly Parser<ITextSpan<string>> Ellipsis = Symbol("...");

    // ij...k, and the empty term
    static readonly Parser<Subscripts> Letters = AxesOf(Letter);

    // [batch i ... k]
    static readonly Parser<Subscripts> Names =
        from open in Symbol("[")
        from axes in AxesOf(Name)
        from close in Symbol("]")
        select Terms.Enclose(open, axes, close);

    // Letters come last because they match the empty term, hence always.
    static readonly Parser<Subscripts> Plain = Names.Or(Letters);

    // conj(ij), conj([batch i])
    static readonly Parser<Subscripts> Conjugated =
        from conj in Symbol("conj")
        from open in Symbol("(")
        from term in Plain
        from close in Symbol(")")
        select Terms.Conjugate(conj, term, close);

    static readonly Parser<IEnumerable<Subscripts>> Inputs = Conjugated.Or(Plain).DelimitedBy(Symbol(","));

    // ->ik
    static readonly Parser<Subscripts> Output =
        from arrow in Symbol("->")
        from term in Plain
        select term;

    // ij,jk->ik
    static readonly Parser<Equation> Whole = (
        from space in Space
        from inputs in Inputs
        from output in Output.Optional()
        from text in Source
        select new Equation(text, [.. inputs], output.GetOrDefault())).End();

    /// <summary>The equation, or null where the text is not one.</summary>
    internal static Equation? Match(string text) => Whole.TryParse(text) is { WasSuccessful: true, Value: var equation } ? equation : null;

    static Parser<Subscripts> AxesOf(Parser<ITextSpan<string>> label) =>
        from start in Here
        from before in label.Many()
        from ellipsis in Ellipsis.Optional()
        from after in label.Many()
        select Terms.Of(start, before, ellipsis.GetOrDefault(), after);
}
