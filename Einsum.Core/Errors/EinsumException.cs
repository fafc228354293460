namespace EinsumNet;

/// <summary>What is wrong with an equation, its operands or its options, said in the user's own words with a caret under the offender.</summary>
public sealed class EinsumException : ArgumentException
{
    internal EinsumException(string code, string message, string? equation, TextSpan span) : base(message)
    {
        Code = code;
        Equation = equation;
        Span = span;
    }

    /// <summary>Which member of a list of calls the error is about, where it is about one.</summary>
    public int? Member { get; private init; }

    /// <summary>The same error, said of one member of a list.</summary>
    internal EinsumException InMember(int member) =>
        new(Code, Message.Replace($"{Code}: ", $"{Code}: in member {member}, ", StringComparison.Ordinal), Equation, Span) { Member = member };

    /// <summary>The same error with the user's line, where that is known.</summary>
    internal EinsumException From(string? source) => source is null ? this : new(Code, $"{Message}\n  at {source}", Equation, Span) { Member = Member };

    /// <summary>The error's code, such as <c>EIN0203</c>; docs/errors.md has a heading for each.</summary>
    public string Code { get; }

    /// <summary>The equation's text as the user wrote it, where the error is about one.</summary>
    public string? Equation { get; }

    /// <summary>The first offending stretch of <see cref="Equation"/>.</summary>
    public TextSpan Span { get; }
}
