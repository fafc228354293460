namespace EinsumNet;

/// <summary>What can be wrong with lists of operands and with groups: EIN06xx.</summary>
static class ManyErrors
{
    internal static EinsumException ListCount(Equation equation, int lists) =>
        new ErrorText("EIN0601", $"the equation has {equation.Inputs.Length} term{(equation.Inputs.Length == 1 ? "" : "s")} but there {(lists == 1 ? "is 1 list" : $"are {lists} lists")} of operands.", equation.Text).ToException();

    internal static EinsumException ListLengths(Equation equation, int first, int firstCount, int second, int secondCount) =>
        new ErrorText("EIN0602", $"list {first} has {firstCount} members but list {second} has {secondCount}.", equation.Text)
            .At(equation.Inputs[first].Span, equation.Inputs[second].Span).Hint($"lists have one length; a list of one member is shared by all.").ToException();

    internal static EinsumException MemberCount(Equation equation, int expected, int actual) =>
        new ErrorText("EIN0609", $"the lists have {actual} members but the batch was compiled for {expected}.", equation.Text).ToException();

    internal static EinsumException DestinationCount(Equation equation, int expected, int actual) =>
        new ErrorText("EIN0603", $"there are {actual} destinations for {expected} members.", equation.Text).At(equation.Output.Span).ToException();

    internal static EinsumException SameDestination(Equation equation, int other) =>
        new ErrorText("EIN0610", $"the destination is also that of member {other}.", equation.Text).At(equation.Output.Span).ToException();

    internal static EinsumException NegativeGroup(int group, long size) =>
        new ErrorText("EIN0604", $"group {group} has the negative size {size}.").ToException();

    internal static EinsumException GroupsTooLong(string label, Int128 sum, long size) =>
        new ErrorText("EIN0605", $"the group sizes sum to {sum}, but label '{label}' has size {size}.").ToException();

    internal static EinsumException GroupCount(string label, long size, int groups) =>
        new ErrorText("EIN0606", $"there are {groups} group sizes, but label '{label}' has size {size}.").ToException();

    internal static EinsumException RaggedLabel(Equation equation, string label, string why) =>
        new ErrorText("EIN0607", $"label '{label}' {why}.", equation.Text).ToException();

    internal static EinsumException RaggedOffsets(string why) => new ErrorText("EIN0608", $"the row offsets are not valid: {why}.").ToException();
}
