namespace EinsumNet;

/// <summary>What can be wrong in a traced function or its transformation: EIN05xx. Each names the user's line.</summary>
static class FunctionErrors
{
    internal static EinsumException Broadcast(string operation, Shape left, Shape right) =>
        Error("EIN0501", $"{operation} cannot broadcast {left} with {right}: sizes must be equal, or one of them 1.").ToException();

    internal static EinsumException BroadcastTo(Shape from, Shape to) =>
        Error("EIN0501", $"Broadcast cannot make {to} of {from}: each size must stay, or grow from 1, and axes are added in front.").ToException();

    internal static EinsumException ElementTypes(string operation, string actual, string expected) =>
        Error("EIN0502", $"{operation} takes {expected}, not {actual}.").Hint($"Convert<T>() changes the element type.").ToException();

    internal static EinsumException AxisRange(string operation, long axis, int rank) =>
        Error("EIN0503", $"{operation} has no axis {axis}: with {rank} {(rank == 1 ? "axis" : "axes")} it lies in [{-rank}, {rank}).").ToException();

    internal static EinsumException NotVectors(string operation, Shape left, Shape right) =>
        Error("EIN0503", $"{operation} takes two vectors, of one axis each, not {left} and {right}.").Hint($"Vmap maps it over further axes.").ToException();

    internal static EinsumException Axes(string operation, string axes, string problem) =>
        Error("EIN0504", $"the axes {axes} of {operation} {problem}.").ToException();

    internal static EinsumException Reshape(Shape from, Shape to) =>
        Error("EIN0505", $"Reshape cannot make {to} of {from}: the number of elements differs.").ToException();

    internal static EinsumException Slice(long start, long limit, long step, long size) =>
        Error("EIN0506", $"Slice from {start} to {limit} by {step} does not lie in an axis of size {size}.").Hint($"0 <= start <= limit <= size, and step >= 1.").ToException();

    internal static EinsumException Concat(string operation, IEnumerable<Shape> shapes) =>
        Error("EIN0507", $"{operation} of {string.Join(", ", shapes)}: the shapes may differ only along the joined axis, and there is at least one.").ToException();

    internal static EinsumException Truth() =>
        Error("EIN0508", $"a traced value has no truth while tracing: C# cannot branch on it.")
            .Hint($"Fn.Where chooses element by element; Fn.While repeats while a condition holds; '&', '|' and '!' combine conditions.").ToException();

    internal static EinsumException MappedSizes(string operation, IEnumerable<string> sizes) =>
        Error("EIN0509", $"{operation} needs one size for the mapped axes, but {string.Join(", ", sizes)}.").ToException();

    internal static EinsumException NothingMapped() =>
        Error("EIN0510", $"Vmap maps no operand and has no axisSize, so it does not know how often to repeat.").ToException();

    internal static EinsumException AxesCount(string which, int axes, int values) =>
        Error("EIN0511", $"{which} of Vmap has {axes} {(axes == 1 ? "entry" : "entries")} but there {(values == 1 ? "is" : "are")} {values} {(which == "inAxes" ? "operand" : "result")}{(values == 1 ? "" : "s")}.").ToException();

    internal static EinsumException OutAxisNull(int result) =>
        Error("EIN0512", $"outAxes of Vmap is null for result {result}, which depends on the mapped axis.").ToException();

    internal static EinsumException Carry(string operation, int index, string before, string after) =>
        Error("EIN0513", $"the body of {operation} changes carry {index} from {before} to {after}; a carry keeps its shape and element type.").ToException();

    internal static EinsumException NoLength(string operation) =>
        Error("EIN0514", $"{operation} has {(operation == "Scan" ? "neither xs nor a length" : "no xs")}, so it does not know how often to run.").ToException();

    internal static EinsumException OutOfRange(string operation, string name, long value, string rule) =>
        Error("EIN0515", $"{name} of {operation} is {value}; it is {rule}.").ToException();

    internal static EinsumException Leaked(string value) =>
        Error("EIN0516", $"the traced value {value} belongs to another function, which has already returned.")
            .Hint($"return it from that function instead of keeping it in a variable.").ToException();

    internal static EinsumException ResultCount(string operation, int actual, int expected) =>
        Error("EIN0517", $"{operation} expects {expected} of the function's results, but there {(actual == 1 ? "is" : "are")} {actual}.").ToException();

    internal static EinsumException NoEquation(string function) =>
        Error("EIN0518", $"{function} is not a nest of Vmap around Dot, so it has no equation.").ToException();

    internal static EinsumException EmptyReduction(string operation, Shape shape) =>
        Error("EIN0519", $"{operation} over no elements has no value: the operand has shape {shape}.").ToException();

    internal static EinsumException Condition(string actual) =>
        Error("EIN0520", $"the condition of While is {actual}; it is one bool.").ToException();

    internal static EinsumException Destination(Shape expected, Shape actual) =>
        Error("EIN0521", $"the destination has shape {actual} but the result has shape {expected}.").ToException();

    internal static EinsumException NotRaised(string equation) =>
        Error("EIN0522", $"'{equation}' is no nest of Vmap around Dot: a nest has two operands, no diagonal and no broadcast.").ToException();

    internal static EinsumException OperandCount(string function, int actual, int expected) =>
        Error("EIN0523", $"{function} takes {expected} {(expected == 1 ? "operand" : "operands")}, but there {(actual == 1 ? "is" : "are")} {actual}.").ToException();

    internal static EinsumException Missing(string what) =>
        Error("EIN0524", $"{what} is null.").ToException();

    internal static EinsumException NumberRange(string operation, string number, string element) =>
        Error("EIN0525", $"{operation} meets {element} with the number {number}, which no {element} is.").Hint($"Convert<T>() changes the element type.").ToException();

    internal static EinsumException Endless() =>
        Error("EIN0526", $"a traced function calls itself without end.").Hint($"Fn.While and Fn.ForiLoop repeat; C# runs a traced function once, so that no call of it ends a recursion.").ToException();

    internal static EinsumException Bound(string name, string actual) =>
        Error("EIN0527", $"{name} of ForiLoop is {actual}; it is one int or long.").ToException();

    /// <summary>What is wrong with an equation, with the line of the traced function that has it.</summary>
    internal static EinsumException InFunction(EinsumException error) => error.From(SourceLine.OfUser());

    static ErrorText Error(string code, FormattableString sentence) => new ErrorText(code, sentence).From(SourceLine.OfUser());
}
