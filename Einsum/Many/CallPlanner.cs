namespace EinsumNet;

/// <summary>
/// Makes the calls of many members of one equation: one plan serves all members whose axes of size 1 are the same, and one call all members of
/// the same sizes and strides. Kernels are specialised as long as there are few such classes, and take sizes as arguments from then on.
/// </summary>
sealed class CallPlanner(EinsumEngine engine, Equation equation, ElementType element)
{
    /// <summary>How many classes of sizes and strides get kernels of their own.</summary>
    const int SpecialisedClasses = 16;

    readonly Dictionary<CallKey, Call> _calls = new(CallKeyComparer.Instance);
    readonly List<EinsumPlan> _plans = [];

    /// <summary>The call for layouts as <see cref="LayoutBuffer"/> writes them; an error names the member.</summary>
    internal Call For(int member, ReadOnlySpan<nint> layouts)
    {
        var view = new CallView(equation.Text, element.ToType(), layouts);
        var lookup = _calls.GetAlternateLookup<CallView>();
        if (lookup.TryGetValue(view, out var call)) return call;
        try
        {
            return lookup[view] = Make(layouts.ToArray());
        }
        catch (EinsumException error) when (error.Member is null)
        {
            throw error.InMember(member);
        }
    }

    Call Make(nint[] layouts)
    {
        var reader = new LayoutReader(layouts);
        var operands = new StridedShape[equation.Inputs.Length];
        for (var i = 0; i < operands.Length; i++) operands[i] = reader.Next();
        StridedShape? destination = reader.HasNext ? reader.Next() : null;

        var (program, arithmetic) = Program([.. operands.Select(operand => operand.Shape)]);
        return CallMaker.Make(engine.Options, program, element, arithmetic, operands, destination, specialise: _calls.Count < SpecialisedClasses, isMember: true);
    }

    (IndexProgram Program, ElementType Arithmetic) Program(Shape[] shapes)
    {
        foreach (var known in _plans)
            if (Rebinder.TryResize(known.Program.Bound, shapes) is { } bound) return (known.Program with { Bound = bound }, known.Arithmetic);
        var plan = engine.PlanFor(equation.Text, element, shapes);
        // Sizes given in the options bind labels of operands too, which only the binder checks.
        if (engine.Options.Sizes.Count == 0) _plans.Add(plan);
        return (plan.Program, plan.Arithmetic);
    }
}
