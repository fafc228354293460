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

    /// <summary>The error's code, such as <c>EIN0203</c>; docs/errors.md has a heading for each.</summary>
    public string Code { get; }

    /// <summary>The equation's text as the user wrote it, where the error is about one.</summary>
    public string? Equation { get; }

    /// <summary>The first offending stretch of <see cref="Equation"/>.</summary>
    public TextSpan Span { get; }
}
