namespace EinsumNet;

/// <summary>What can be wrong with the memory that a call brings: EIN04xx.</summary>
static class RunErrors
{
    internal static EinsumException DestinationShape(Equation equation, Shape expected, Shape actual) =>
        new ErrorText("EIN0401", $"the destination has shape {actual} but the result has shape {expected}.", equation.Text).At(equation.Output.Span).ToException();

    internal static EinsumException DestinationOverlapsItself(Equation equation, int axis, long size, long stride) =>
        new ErrorText("EIN0402", $"axis {axis} of the destination has size {size} and stride {stride}, so that its elements share memory.", equation.Text).At(equation.Output.Span).ToException();

    internal static EinsumException CompiledShape(Equation equation, int operand, Shape expected, Shape actual) =>
        new ErrorText("EIN0403", $"operand {operand} has shape {actual} but the expression was compiled for {expected}.", equation.Text).At(equation.Inputs[operand].Span)
            .Hint($"compile one expression per list of shapes, or call Einsum.Eval, which caches them.").ToException();

    internal static EinsumException MemoryTooShort(Shape shape, Int128 needed, long actual) =>
        new ErrorText("EIN0404", $"an operand of shape {shape} needs {needed} elements but its memory holds {actual}.").ToException();

    internal static EinsumException OperandStrides(Shape shape, int strides) =>
        new ErrorText("EIN0405", $"an operand of shape {shape} has {strides} strides; there is one stride per axis.").ToException();

    internal static EinsumException NegativeStride(int axis, long stride) =>
        new ErrorText("EIN0406", $"axis {axis} of an operand has the stride {stride}; strides are not negative.").ToException();

    internal static EinsumException NegativeOffset(long offset) =>
        new ErrorText("EIN0408", $"an operand has the offset {offset}; an offset is not negative.").ToException();

    internal static EinsumException MemoryShape(Shape shape) =>
        new ErrorText("EIN0407", $"an operand has the shape {shape}; sizes are not negative and their product fits in memory.").ToException();
}
