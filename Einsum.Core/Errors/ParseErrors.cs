namespace EinsumNet;

/// <summary>What can be wrong with an equation's text: EIN01xx.</summary>
static class ParseErrors
{
    internal static EinsumException UnexpectedCharacter(string equation, int column, string character) =>
        new ErrorText("EIN0101", $"unexpected {character} in column {column + 1}.", equation).At(new TextSpan(column, 1))
            .Hint(equation[column] switch
            {
                '(' or ')' or ',' or '-' => $"parentheses belong to conj(...), which holds one term.",
                '=' or '→' => $"the output follows '->'.",
                '[' or '.' => $"a comma or '->' stands between two terms.",
                _ when char.IsLetter(equation, column) => $"a comma or '->' stands between two terms.",
                _ => $"labels are letters (ij,jk->ik) or names in square brackets ([batch i],[batch j]->[i j]).",
            }).ToException();

    internal static EinsumException LoneDot(string equation, TextSpan dots) =>
        new ErrorText("EIN0102", $"{dots.Length} dot{(dots.Length == 1 ? "" : "s")} in column {dots.Start + 1}; an ellipsis is exactly three, side by side.", equation)
            .At(dots).ToException();

    internal static EinsumException DanglingDash(string equation, int column) =>
        new ErrorText("EIN0103", $"'{equation[column]}' in column {column + 1} is half an arrow.", equation).At(new TextSpan(column, 1))
            .Hint($"the output follows '->', written without a space inside.").ToException();

    internal static EinsumException SecondArrow(string equation, TextSpan arrow) =>
        new ErrorText("EIN0104", $"a second '->' in column {arrow.Start + 1}.", equation).At(arrow).ToException();

    internal static EinsumException SecondEllipsis(string equation, TextSpan ellipsis) =>
        new ErrorText("EIN0105", $"a second ellipsis in one term, in column {ellipsis.Start + 1}.", equation).At(ellipsis)
            .Hint($"'...' stands for all the axes that have no label, so one per term is enough.").ToException();

    internal static EinsumException UnclosedBracket(string equation, TextSpan open) =>
        new ErrorText("EIN0106", $"'{(equation[open.Start] == '[' ? "[" : "conj(")}' in column {open.Start + 1} is never closed.", equation).At(open).ToException();

    internal static EinsumException ConjugatedOutput(string equation, TextSpan term) =>
        new ErrorText("EIN0107", $"the output is written conj(...); only operands can be conjugated.", equation).At(term)
            .Hint($"conjugate every operand instead: conj(ab) = conj(a)conj(b).").ToException();

    internal static EinsumException SecondOutput(string equation, int comma) =>
        new ErrorText("EIN0108", $"a comma in column {comma + 1}, after '->'; there is one output.", equation).At(new TextSpan(comma, 1)).ToException();

    internal static EinsumException BadName(string equation, TextSpan name) =>
        new ErrorText("EIN0109", $"'{Shorten(equation.Substring(name.Start, name.Length))}' in column {name.Start + 1} is not a name.", equation).At(name)
            .Hint($"a name is a letter or underscore followed by letters, digits and underscores; names are parted by spaces.").ToException();

    internal static EinsumException NegativeSublistLabel(int operand, int axis, int label) =>
        new ErrorText("EIN0110", operand >= 0
            ? $"sublist {operand} holds {label} at position {axis}; integer labels are not negative."
            : (FormattableString)$"the output sublist holds {label} at position {axis}; integer labels are not negative.").ToException();

    internal static EinsumException NoSublist() => new ErrorText("EIN0111", $"there is no sublist; an equation has at least one operand.").ToException();

    static string Shorten(string word) => word.Length <= 40 ? word : $"{word[..40]}...";
}
