namespace EinsumNet;

/// <summary>What can be wrong with a plan, a path or the options behind it: EIN03xx.</summary>
static class PlanErrors
{
    internal static EinsumException InvalidPath(string finder, string why) =>
        new ErrorText("EIN0301", $"the contraction path of {finder} is not valid: {why}.").ToException();

    internal static EinsumException ElementType(Type type) =>
        new ErrorText("EIN0302", $"{type.Name} is not an element type.")
            .Hint($"use float, double, Half, sbyte, byte, short, ushort, int, uint, long, ulong, nint, Complex or bool.").ToException();

    internal static EinsumException Accumulator(Type element, Type accumulator) =>
        new ErrorText("EIN0303", $"EinsumOptions.AccumulateIn = {ElementTypes.NameOf(accumulator)} does not widen {ElementTypes.NameOf(element)}.")
            .Hint($"Half widens to float and double, float to double, an integer to a wider integer of the same sign or any wider signed one.").ToException();

    internal static EinsumException PlanJson(string why) => new ErrorText("EIN0304", $"the plan's JSON cannot be read: {why}.").ToException();

    internal static EinsumException PlanElement(Type planned, Type asked) =>
        new ErrorText("EIN0307", $"the plan was made for {ElementTypes.NameOf(planned)}, and is compiled for {ElementTypes.NameOf(asked)}.").ToException();

    internal static EinsumException OverMemoryLimit(string equation, string finder, double bytes, long limit) =>
        new ErrorText("EIN0306", $"the path of {finder} makes an intermediate of {bytes:0} bytes, but EinsumOptions.MemoryLimit is {limit}.", equation).ToException();

    internal static EinsumException TooMuchWorkspace(string equation, long bytes) =>
        new ErrorText("EIN0308", $"the intermediates take {bytes} bytes, more than this machine has.", equation)
            .Hint($"EinsumOptions.MemoryLimit makes the path finder keep every intermediate within a limit.").ToException();

    internal static EinsumException OptionRange(string option, object value, string range) =>
        new ErrorText("EIN0305", $"EinsumOptions.{option} is {value}; {range}.").ToException();
}
