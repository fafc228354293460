using System.Collections.Concurrent;

namespace EinsumNet;

/// <summary>
/// Makes the calls of many members of one equation: one plan serves all members whose axes of size 1 are the same, and one call all members of
/// the same sizes and strides. Kernels take sizes and strides as arguments, but for the few classes of which members have work enough. Thread-safe.
/// </summary>
/// <param name="engine">Whose options and plans are used.</param>
/// <param name="equation">The equation.</param>
/// <param name="element">The element type.</param>
/// <param name="shared">The term whose operand all members share, or -1.</param>
sealed class CallPlanner(EinsumEngine engine, Equation equation, ElementType element, int shared = -1)
{
    /// <summary>How many classes of sizes and strides get kernels of their own, at most.</summary>
    internal const int SpecialisedClasses = 16;

    /// <summary>Iterations that a kernel of its own saves enough of to be worth its compilation, some tenths of a millisecond.</summary>
    const double LeastSpecialised = 1 << 20;

    readonly ConcurrentDictionary<CallKey, Call> _calls = new(CallKeyComparer.Instance);
    readonly Lock _planning = new();
    EinsumPlan[] _plans = [];
    int _made;

    /// <summary>The term whose operand all members share, or -1.</summary>
    internal int Shared => shared;

    /// <summary>The calls that were made so far, but for those that kernels of their own replaced.</summary>
    internal IEnumerable<Call> Calls => _calls.Values;

    /// <summary>How many calls were made so far.</summary>
    internal int Made => Volatile.Read(ref _made);

    /// <summary>The call for layouts as <see cref="LayoutBuffer"/> writes them; an error names the member.</summary>
    internal Call For(int member, ReadOnlySpan<nint> layouts, bool specialise = false)
    {
        var view = new CallView(equation.Text, element.ToType(), layouts);
        var lookup = _calls.GetAlternateLookup<CallView>();
        if (lookup.TryGetValue(view, out var call)) return call;
        try
        {
            call = Make(layouts.ToArray(), specialise);
        }
        catch (EinsumException error) when (error.Member is null)
        {
            throw error.InMember(member);
        }
        // Of two threads that race, one call wins.
        if (!lookup.TryAdd(view, call)) return lookup[view];
        Interlocked.Increment(ref _made);
        return call;
    }

    /// <summary>Gives kernels of their own to the classes whose members have the most work together, if it is enough.</summary>
    internal void Specialise(MemberCalls members)
    {
        if (!Array.Exists(members.Calls, call => call.IsGeneral)) return;
        var classes = members.Calls.Index().Where(pair => pair.Item.IsGeneral).GroupBy(pair => pair.Item)
            .Select(members => (Call: members.Key, members.First().Index, Work: members.Count() * members.Key.Work))
            .Where(members => members.Work >= LeastSpecialised).OrderByDescending(members => members.Work).Take(SpecialisedClasses);
        var special = new Dictionary<Call, Call>();
        var lookup = _calls.GetAlternateLookup<CallView>();
        foreach (var (call, member, _) in classes)
        {
            var layouts = members.Layouts(member);
            special[call] = lookup[new CallView(equation.Text, element.ToType(), layouts)] = Make(layouts.ToArray(), specialise: true);
        }
        for (var member = 0; member < members.Calls.Length; member++)
            if (special.TryGetValue(members.Calls[member], out var call)) members.Calls[member] = call;
    }

    Call Make(nint[] layouts, bool specialise)
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
        return CallMaker.Make(engine.Options, program, element, arithmetic, operands, destination, specialise, isMember: true, shared);
    }

    (IndexProgram Program, ElementType Arithmetic) Program(Shape[] shapes)
    {
        foreach (var known in Volatile.Read(ref _plans))
            if (Rebinder.TryResize(known.Program.Bound, shapes) is { } bound) return (Pipeline.Order(known.Unordered with { Bound = bound }), known.Arithmetic);
        var plan = engine.PlanFor(equation.Text, element, shapes);
        // Sizes given in the options bind labels of operands too, which only the binder checks.
        if (engine.Options.Sizes.Count == 0)
            lock (_planning) _plans = [.. _plans, plan];
        return (plan.Program, plan.Arithmetic);
    }
}
