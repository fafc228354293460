namespace EinsumNet;

/// <summary>What can be wrong between an equation and the shapes of its operands: EIN02xx.</summary>
static class BindErrors
{
    internal static EinsumException OperandCount(Equation equation, IReadOnlyList<Shape> shapes) =>
        new ErrorText("EIN0201", $"the equation has {Count(equation.Inputs.Length, "term")} but there {(shapes.Count == 1 ? "is" : "are")} {Count(shapes.Count, "operand")}.", equation.Text)
            .At([.. equation.Inputs.Skip(shapes.Count).Select(term => term.Span)]).With(shapes).ToException();

    internal static EinsumException Rank(Equation equation, int operand, IReadOnlyList<Shape> shapes)
    {
        var term = equation.Inputs[operand];
        var text = new ErrorText("EIN0202", term.HasEllipsis
            ? (FormattableString)$"operand {operand} has {Count(shapes[operand].Rank, "axis")} but its term has {Count(term.Labels.Length, "label")} beside the ellipsis."
            : $"operand {operand} has {Count(shapes[operand].Rank, "axis")} but its term has {Count(term.Labels.Length, "label")}.", equation.Text).At(term.Span).With(shapes);
        if (!term.HasEllipsis && shapes[operand].Rank > term.Labels.Length) text.Hint($"write '...' in the term for axes without a label.");
        return text.ToException();
    }

    internal static EinsumException SizeMismatch(Equation equation, string label, AxisAt first, AxisAt second, IReadOnlyList<Shape> shapes) =>
        new ErrorText("EIN0203", $"label '{label}' has size {first.Size} on axis {first.Axis} of operand {first.Operand} but size {second.Size} on axis {second.Axis} of operand {second.Operand}.", equation.Text)
            .At(first.Span, second.Span).With(shapes).ToException();

    internal static EinsumException DiagonalMismatch(Equation equation, string label, AxisAt first, AxisAt second, IReadOnlyList<Shape> shapes) =>
        new ErrorText("EIN0204", $"label '{label}' is repeated in the term of operand {first.Operand}, but axis {first.Axis} has size {first.Size} and axis {second.Axis} has size {second.Size}.", equation.Text)
            .At(first.Span, second.Span).With(shapes).Hint($"a repeated label takes the diagonal, which needs equal sizes; 1 is not broadcast there.").ToException();

    internal static EinsumException OutputLabelTwice(Equation equation, string label, ReadOnlySpan<TextSpan> spans) =>
        new ErrorText("EIN0205", $"label '{label}' stands {spans.Length} times in the output.", equation.Text).At(spans)
            .Hint($"EinsumOptions.OutputDiagonal = true writes the result on the diagonal, with zeros elsewhere.").ToException();

    internal static EinsumException UnknownOutputLabel(Equation equation, string label, TextSpan span) =>
        new ErrorText("EIN0206", $"label '{label}' of the output is in no operand.", equation.Text).At(span)
            .Hint($"give its size in EinsumOptions.Sizes to repeat the result along it.").ToException();

    internal static EinsumException NoOperand(Equation equation) =>
        new ErrorText("EIN0207", $"there is no operand; the equation has {Count(equation.Inputs.Length, "term")}.", equation.Text).ToException();

    internal static EinsumException EllipsisMismatch(Equation equation, AxisAt first, AxisAt second, IReadOnlyList<Shape> shapes) =>
        new ErrorText("EIN0208", $"the ellipsis has size {first.Size} on axis {first.Axis} of operand {first.Operand} but size {second.Size} on axis {second.Axis} of operand {second.Operand}.", equation.Text)
            .At(first.Span, second.Span).With(shapes).Hint($"the axes of '...' are aligned from the right and broadcast.").ToException();

    internal static EinsumException GivenSizeMismatch(Equation equation, string label, long given, AxisAt found, IReadOnlyList<Shape> shapes) =>
        new ErrorText("EIN0209", $"EinsumOptions.Sizes gives label '{label}' size {given}, but it has size {found.Size} on axis {found.Axis} of operand {found.Operand}.", equation.Text)
            .At(found.Span).With(shapes).ToException();

    internal static EinsumException TooLarge(Equation equation, string what, Shape shape, int elementSize) =>
        new ErrorText("EIN0210", $"{what} of shape {shape} with {elementSize} byte{(elementSize == 1 ? "" : "s")} per element is larger than can be allocated.", equation.Text).ToException();

    internal static EinsumException StrictBroadcast(Equation equation, string label, AxisAt one, AxisAt other, IReadOnlyList<Shape> shapes) =>
        new ErrorText("EIN0211", $"{(label.StartsWith('.') ? "the ellipsis" : $"label '{label}'")} has size {one.Size} on axis {one.Axis} of operand {one.Operand} and size {other.Size} on axis {other.Axis} of operand {other.Operand}, and EinsumOptions.Broadcasting is Strict.", equation.Text)
            .At(one.Span, other.Span).With(shapes).ToException();

    internal static EinsumException NegativeSize(Equation equation, int operand, int axis, IReadOnlyList<Shape> shapes) =>
        new ErrorText("EIN0212", $"axis {axis} of operand {operand} has the negative size {shapes[operand][axis]}.", equation.Text)
            .At(equation.Inputs[operand].Span).With(shapes).ToException();

    internal static EinsumException NegativeGivenSize(Equation equation, string label, long size) =>
        new ErrorText("EIN0213", $"EinsumOptions.Sizes gives label '{label}' the negative size {size}.", equation.Text).ToException();

    static string Count(int n, string noun) => n == 1 ? $"1 {noun}" : noun == "axis" ? $"{n} axes" : $"{n} {noun}s";
}

/// <summary>One axis of one operand, with its size and the place of its label in the equation's text.</summary>
readonly record struct AxisAt(int Operand, int Axis, long Size, TextSpan Span);
