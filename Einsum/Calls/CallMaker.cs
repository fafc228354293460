namespace EinsumNet;

/// <summary>Makes calls: from a program on labels and the strides at hand to kernels.</summary>
static class CallMaker
{
    /// <summary>A call with the destination's layout, or, where that is null, with a new dense result.</summary>
    internal static Call Make(EinsumOptions options, IndexProgram program, ElementType element, ElementType arithmetic, StridedShape[] operands, StridedShape? destination, bool specialise = true, bool isMember = false)
    {
        var bound = program.Bound;
        var result = destination is { } given ? CheckDestination(bound, given) : NewResult(bound, element);
        var kernels = Pipeline.ToKernels(
            program, [.. operands.Select(operand => new TensorLayout(operand.Strides))], new TensorLayout(result.Strides), element, arithmetic);
        // More than the machine has is refused now, before anything is allocated or written.
        if (kernels.WorkspaceBytes > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) throw PlanErrors.TooMuchWorkspace(bound.Equation.Text, kernels.WorkspaceBytes);
        var extents = new nint[operands.Length + 1];
        for (var i = 0; i < operands.Length; i++) extents[i] = checked((nint)(operands[i].Extent * element.Size()));
        extents[^1] = checked((nint)(result.Extent * element.Size()));
        return new Call(
            [.. result.Shape.Rank == 0 ? [1] : result.Shape.Select(size => (nint)size)],
            options.Backend.Load(kernels, options.Settings with { Specialise = specialise, IsMember = isMember, IsResident = [.. operands.Select(operand => operand.IsResident), destination is { IsResident: true }] }), extents, kernels.Steps.Sum(step => step.Plan.Iterations));
    }

    static StridedShape NewResult(BoundEquation bound, ElementType element)
    {
        var count = bound.OutputShape.ElementCount;
        if (count is null || count > Array.MaxLength) throw BindErrors.TooLarge(bound.Equation, "the result", bound.OutputShape, element.Size());
        return new StridedShape(bound.OutputShape, TensorLayout.RowMajor(bound.OutputShape.AsSpan()).Strides);
    }

    static StridedShape CheckDestination(BoundEquation bound, StridedShape destination)
    {
        var expected = bound.OutputShape;
        // The platform's tensor has no rank 0: a scalar goes to the one element of a tensor of shape [1].
        if (expected.Rank == 0 && destination.Shape == [1]) return new StridedShape([], []);
        if (destination.Shape != expected) throw RunErrors.DestinationShape(bound.Equation, expected, destination.Shape);
        // An empty tensor has strides of 0, and no elements that could share memory.
        for (var axis = 0; axis < expected.Rank && !expected.Contains(0); axis++)
            if (expected[axis] > 1 && destination.Strides[axis] == 0)
                throw RunErrors.DestinationOverlapsItself(bound.Equation, axis, expected[axis], destination.Strides[axis]);
        return destination;
    }
}
