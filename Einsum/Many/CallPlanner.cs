using System.Collections.Concurrent;

namespace EinsumNet;

/// <summary>
/// Makes the calls of many members of one equation: one plan serves all members whose axes of size 1 are the same, and one call all members of
/// the same sizes and strides. Kernels are specialised as long as there are few such classes, and take sizes as arguments from then on. Thread-safe.
/// </summary>
sealed class CallPlanner(EinsumEngine engine, Equation equation, ElementType element)
{
    /// <summary>How many classes of sizes and strides get kernels of their own.</summary>
    const int SpecialisedClasses = 16;

    readonly ConcurrentDictionary<CallKey, Call> _calls = new(CallKeyComparer.Instance);
    readonly Lock _planning = new();
    EinsumPlan[] _plans = [];
    int _made;

    /// <summary>How many calls were made so far.</summary>
    internal int Made => Volatile.Read(ref _made);

    /// <summary>Whether the next class of sizes and strides gets kernels of its own.</summary>
    internal bool Specialises => Made < SpecialisedClasses;

    /// <summary>The call for layouts as <see cref="LayoutBuffer"/> writes them; an error names the member.</summary>
    internal Call For(int member, ReadOnlySpan<nint> layouts)
    {
        var view = new CallView(equation.Text, element.ToType(), layouts);
        var lookup = _calls.GetAlternateLookup<CallView>();
        if (lookup.TryGetValue(view, out var call)) return call;
        try
        {
            call = Make(layouts.ToArray());
        }
        catch (EinsumException error) when (error.Member is null)
        {
            throw error.InMember(member);
        }
        if (lookup.TryAdd(view, call)) Interlocked.Increment(ref _made);
        return call;
    }

    Call Make(nint[] layouts)
    {
        var reader = new LayoutReader(layouts);
        var operands = new StridedShape[equation.Inputs.Length];
        var shapes = new Shape[operands.Length];
        for (var i = 0; i < operands.Length; i++)
        {
            operands[i] = reader.Next();
            shapes[i] = operands[i].Shape;
        }
        StridedShape? destination = reader.HasNext ? reader.Next() : null;

        var (program, arithmetic) = Program(shapes);
        return CallMaker.Make(engine.Options, program, element, arithmetic, operands, destination, Specialises);
    }

    (IndexProgram Program, ElementType Arithmetic) Program(Shape[] shapes)
    {
        foreach (var known in Volatile.Read(ref _plans))
            if (Rebinder.TryResize(known.Program.Bound, shapes) is { } bound) return (known.Program with { Bound = bound }, known.Arithmetic);
        var plan = engine.PlanFor(equation.Text, element, shapes);
        // Sizes given in the options bind labels of operands too, which only the binder checks.
        if (engine.Options.Sizes.Count == 0)
            lock (_planning) _plans = [.. _plans, plan];
        return (plan.Program, plan.Arithmetic);
    }
}
