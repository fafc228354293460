namespace EinsumNet;

/// <summary>Makes calls: from a program on labels and the strides at hand to kernels.</summary>
static class CallMaker
{
    /// <summary>
    /// A call with the destination's layout, or, where that is null, with a new dense result; on panels of operand <paramref name="shared"/> where that pays.
    /// </summary>
    internal static Call Make(
        EinsumOptions options, IndexProgram program, ElementType element, ElementType arithmetic, StridedShape[] operands, StridedShape? destination,
        bool specialise = true, bool isMember = false, int shared = -1)
    {
        var bound = program.Bound;
        var result = destination is { } given ? CheckDestination(bound, given) : NewResult(bound, element);
        var kernels = Pipeline.ToKernels(program, Array.ConvertAll(operands, operand => new TensorLayout(operand.Strides)), new TensorLayout(result.Strides), element, arithmetic, options.Backend, specialise);
        // More than the machine has is refused now, before anything is allocated or written.
        if (kernels.WorkspaceBytes > 0 && kernels.WorkspaceBytes > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) throw PlanErrors.TooMuchWorkspace(bound.Equation.Text, kernels.WorkspaceBytes);
        var extents = new nint[operands.Length + 1];
        for (var i = 0; i < operands.Length; i++) extents[i] = checked((nint)(operands[i].Extent * element.Size()));
        extents[^1] = checked((nint)(result.Extent * element.Size()));
        var work = 0.0;
        foreach (var step in kernels.Steps) work += step.Plan.Iterations;
        var settings = Settings(options.Settings, specialise, isMember, operands, destination);
        return new Call(result.Shape, options.Backend.Load(kernels, settings), extents, work, shared < 0 ? null : PanelsFor(options.Backend, kernels, shared, settings));
    }

    /// <summary>The options' own settings, and so no new ones, where they fit.</summary>
    static RunSettings Settings(RunSettings settings, bool specialise, bool isMember, StridedShape[] operands, StridedShape? destination)
    {
        var isResident = destination is { IsResident: true };
        foreach (var operand in operands) isResident |= operand.IsResident;
        if (!specialise || isMember) settings = settings with { Specialise = specialise, IsMember = isMember };
        return isResident ? settings with { IsResident = [.. operands.Select(operand => operand.IsResident), destination is { IsResident: true }] } : settings;
    }

    static Panels? PanelsFor(EinsumBackend backend, KernelProgram kernels, int shared, RunSettings settings) =>
        kernels.Steps is [var step] && SplitIntoPanels.Run(kernels, shared, backend.PanelWidth(step.Plan.Element)) is { } programs
            ? new Panels(backend.Load(programs.Copy, settings), backend.Load(programs.Product, settings), programs.Bytes, programs.Copy.Steps[0].Plan.ToString())
            : null;

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
