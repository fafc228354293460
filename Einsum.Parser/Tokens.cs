using System.Buffers;
using System.Text;
using Sprache;

namespace EinsumNet;

/// <summary>
/// The parsers that the grammar is made of: characters, and tokens that know where they stand. They match the text directly,
/// which halves the time: Sprache's own format a message wherever a character does not match, and nobody would read it.
/// </summary>
static class Tokens
{
    /// <summary>Any white space, also none.</summary>
    internal static readonly Parser<string> Space = Match(rest => rest.Length - rest.TrimStart().Length);

    /// <summary>Where the rest of the text begins; consumes nothing.</summary>
    internal static readonly Parser<int> Here = input => Result.Success(input.Position, input);

    /// <summary>The whole text, however far it is read; consumes nothing.</summary>
    internal static readonly Parser<string> Source = input => Result.Success(input.Source, input);

    /// <summary>One Unicode character, which is one or two UTF-16 units.</summary>
    internal static Parser<string> Character(Predicate<Rune> predicate) => Match(rest =>
        Rune.DecodeFromUtf16(rest, out var rune, out var length) == OperationStatus.Done && predicate(rune) ? length : null);

    internal static Parser<ITextSpan<string>> Symbol(string symbol) => Token(Match(rest => rest.StartsWith(symbol) ? symbol.Length : null));

    /// <summary>What the parser reads, where it stands, and the white space after it.</summary>
    internal static Parser<ITextSpan<string>> Token(Parser<string> parser) =>
        from token in parser.Span()
        from space in Space
        select token;

    /// <summary>As many UTF-16 units as the measure finds at the start of the rest of the text; no match where it gives null.</summary>
    static Parser<string> Match(Func<ReadOnlySpan<char>, int?> measure) => input =>
    {
        if (measure(input.Source.AsSpan(input.Position)) is not { } length) return Result.Failure<string>(input, "no match", []);
        var rest = input;
        for (var i = 0; i < length; i++) rest = rest.Advance();
        return Result.Success(input.Source.Substring(input.Position, length), rest);
    };
}
