using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace EinsumNet;

/// <summary>One equation compiled for many members whose shapes differ; runs all of them at once, on all threads. Thread-safe.</summary>
/// <typeparam name="T">The element type.</typeparam>
public sealed class EinsumBatch<T> where T : unmanaged
{
    readonly EinsumEngine _engine;
    readonly CallPlanner _planner;
    readonly Lock _planning = new();
    readonly MemberSchedule _schedule;
    MemberCalls _known;

    /// <summary>What all members of the latest lists read, for a backend that has a choice.</summary>
    long[] _shared;

    EinsumBatch(EinsumEngine engine, Equation equation, CallPlanner planner, MemberCalls known, long[] shared)
    {
        _shared = shared;
        (_engine, Equation, _planner, _known, Compiled) = (engine, equation, planner, known, known);
        Count = known.Calls.Length;
        _schedule = new MemberSchedule(Array.ConvertAll(known.Calls, call => call.Work), engine.Options.MaxThreads);
    }

    /// <summary>A batch for dense row-major operands of these shapes.</summary>
    internal static EinsumBatch<T> Compile(EinsumEngine engine, Equation equation, ReadOnlySpan<IReadOnlyList<Shape>> lists)
    {
        var count = MemberCount.Of(equation, lists);
        var planner = new CallPlanner(engine, equation, ElementTypes.Of(typeof(T)), MemberCount.SharedTerm(lists));
        var known = MemberPlanner<DenseLayouts>.Run(engine.Options, planner, new DenseLayouts(lists.ToArray()), count);
        return new(engine, equation, planner, known, SharedOperands.BytesOf(lists, known.Calls));
    }

    /// <summary>A batch for these operands as they lie.</summary>
    internal static EinsumBatch<T> Compile(EinsumEngine engine, Equation equation, in OperandLists<T> lists)
    {
        var planner = new CallPlanner(engine, equation, ElementTypes.Of(typeof(T)), lists.SharedTerm);
        var known = MemberPlanner<OperandLayouts<T>>.Run(engine.Options, planner, new OperandLayouts<T>(lists, null), lists.Members);
        return new(engine, equation, planner, known, SharedOperands.BytesOf(lists, known.Calls));
    }

    internal Equation Equation { get; }

    /// <summary>The calls for what the batch was compiled for.</summary>
    internal MemberCalls Compiled { get; }

    /// <summary>How many members there are.</summary>
    public int Count { get; }

    /// <summary>The shape of each member's result; [1] for a scalar, which the platform's tensor cannot be.</summary>
    public IReadOnlyList<Shape> ResultShapes => field ??= Array.ConvertAll(Compiled.Calls, call => Shape.Create(call.ResultLengths));

    /// <summary>The results in new dense row-major tensors.</summary>
    /// <exception cref="EinsumException">The lists are not as long as the batch, or a member's operands do not fit the equation.</exception>
    public Tensor<T>[] Invoke(params ReadOnlySpan<IReadOnlyList<Operand<T>>> lists)
    {
        var operands = new OperandLists<T>(Equation, lists);
        CheckCount(operands);
        if (CallsFor(operands) is { } calls) return Invoke(calls, operands, null, _engine.Options.Cancellation);
        var results = Array.ConvertAll(Compiled.Calls, call => Tensor.CreateFromShapeUninitialized<T>(call.ResultLengths));
        InvokeInto(results, lists);
        return results;
    }

    /// <summary>
    /// Writes each member's result into its destination, of exactly its shape and any strides. Allocates nothing once the strides were seen. A
    /// destination may overlap its own member's operands, which costs a copy, but no other member's.
    /// </summary>
    /// <exception cref="EinsumException">The lists or destinations are not as many as the batch has members, or do not fit the equation; nothing is written then.</exception>
    public void InvokeInto(IReadOnlyList<Tensor<T>> destinations, params ReadOnlySpan<IReadOnlyList<Operand<T>>> lists)
    {
        ArgumentNullException.ThrowIfNull(destinations);
        var (given, operands) = (new Items<Tensor<T>>(destinations), new OperandLists<T>(Equation, lists));
        if (given.Count != Count) throw ManyErrors.DestinationCount(Equation, Count, given.Count);
        CheckCount(operands);
        var known = Volatile.Read(ref _known);
        if (FitJob<T>.Run(_engine.Options, known, operands, given))
        {
            Run(known.Calls, operands, given, null, null, _engine.Options.Cancellation);
            return;
        }
        var calls = ArrayPool<Call>.Shared.Rent(Count);
        try
        {
            lock (_planning) Plan(calls, given, operands);
            Run(calls, operands, given, null, null, _engine.Options.Cancellation);
        }
        finally
        {
            ArrayPool<Call>.Shared.Return(calls, clearArray: true);
        }
    }

    /// <summary>The results in new tensors in the backend's memory, as <see cref="EinsumEngine.EvalManyResident"/> gives them; dispose them to give their memory back.</summary>
    /// <exception cref="EinsumException">As <see cref="Invoke"/>; the backend has no memory of its own (EIN0706), or no room for all results (EIN0704), and nothing is enqueued then, unless other threads take room meanwhile.</exception>
    public ResidentTensor<T>[] InvokeResident(params ReadOnlySpan<IReadOnlyList<Operand<T>>> lists)
    {
        var operands = new OperandLists<T>(Equation, lists);
        CheckCount(operands);
        return InvokeResident(CallsOf(operands), operands);
    }

    /// <summary>
    /// Writes each member's result into its destination in the backend's memory, of exactly its shape, and returns once the work is enqueued. A destination may be an operand, of any
    /// member, which costs a copy.
    /// </summary>
    /// <exception cref="EinsumException">
    /// The lists or destinations are not as many as the batch has members, do not fit the equation, are another backend's (EIN0706), or two destinations are one (EIN0610); there is no
    /// room (EIN0704). Nothing is enqueued then, unless other threads take room meanwhile, or operands on the host fill several launches, of which the first ones may be.
    /// </exception>
    [OverloadResolutionPriority(-1)] // An empty list of destinations is for the host.
    public void InvokeInto(IReadOnlyList<ResidentTensor<T>> destinations, params ReadOnlySpan<IReadOnlyList<Operand<T>>> lists)
    {
        ArgumentNullException.ThrowIfNull(destinations);
        var operands = new OperandLists<T>(Equation, lists);
        if (destinations.Count != Count) throw ManyErrors.DestinationCount(Equation, Count, destinations.Count);
        CheckCount(operands);
        ResidentTensor<T>[] given = [.. destinations];
        foreach (var destination in given) ArgumentNullException.ThrowIfNull(destination, nameof(destinations));
        new ResidentMembers<T>(_engine, Equation, CallsOf(operands), operands).RunInto(given);
    }

    /// <summary>Runs calls that <see cref="CallsFor"/> gave for the operands, into new tensors in the backend's memory.</summary>
    internal ResidentTensor<T>[] InvokeResident(Call[] calls, in OperandLists<T> lists) => new ResidentMembers<T>(_engine, Equation, calls, lists).Run();

    /// <summary>The calls of the members for dense results, found or made.</summary>
    Call[] CallsOf(in OperandLists<T> lists)
    {
        if (CallsFor(lists) is { } known) return known.Calls;
        var calls = new Call[Count];
        lock (_planning) Plan(calls, null, lists);
        return calls;
    }

    /// <summary>The calls of the members where these operands lie as the latest ones did, else null.</summary>
    internal MemberCalls? CallsFor(in OperandLists<T> lists)
    {
        var known = Volatile.Read(ref _known);
        return FitJob<T>.Run(_engine.Options, known, lists, null) ? known : null;
    }

    /// <summary>
    /// Measures on the backend the kernels that the members could take, in their one launch or by themselves, and keeps the fastest, which on a GPU the next process finds too; how many members take another
    /// than before. Takes seconds on a GPU; the CPU has nothing to measure, and gives 0.
    /// </summary>
    /// <exception cref="EinsumException">The device has no room for the members' operands and results (EIN0704), or fails.</exception>
    public int Tune()
    {
        var others = _planner.Calls.Concat(Volatile.Read(ref _known).Calls).Select(call => call.Executable);
        return _engine.Options.Backend.Tune(Compiled.Calls.Select(call => call.Executable), others);
    }

    /// <summary>Runs calls that <see cref="CallsFor"/> gave for the operands, into new dense results.</summary>
    internal Tensor<T>[] Invoke(MemberCalls calls, in OperandLists<T> lists, TaskCompletionSource<Tensor<T>>[]? completions, CancellationToken cancellation)
    {
        var results = new Tensor<T>[Count];
        Run(calls.Calls, lists, null, results, completions, cancellation);
        return results;
    }

    /// <summary><c>ij,jk->ik of 100 members</c>, and for members that lie as the latest did, where a backend that has a choice runs them, and why.</summary>
    public override string ToString()
    {
        var why = _engine.Options.Backend.Explain(Volatile.Read(ref _known).Calls.Take(Count).Select(call => call.Executable), Volatile.Read(ref _shared));
        return $"{Equation} of {Count} members{(why is null ? "" : $"; {why}")}";
    }

    void CheckCount(in OperandLists<T> lists)
    {
        if (lists.Members != Count && !(lists.Members == 1 && Count > 0)) throw ManyErrors.MemberCount(Equation, Count, lists.Members);
    }

    void Run(
        Call[] calls, in OperandLists<T> lists, Items<Tensor<T>>? destinations, Tensor<T>[]? results, TaskCompletionSource<Tensor<T>>[]? completions, CancellationToken cancellation)
    {
        // Another thread may run other lists meanwhile.
        var shared = _engine.Options.Backend.HasBatches ? SharedOperands.BytesOf(lists, calls.AsSpan(0, Count)) : [];
        Volatile.Write(ref _shared, shared);
        var panels = new SharedPanels<T>(_planner.Shared, calls.AsSpan(0, Count), lists);
        try
        {
            var job = new MemberJob<T>(_engine, Equation, _schedule, calls, lists, shared, panels, destinations, results, completions, cancellation);
            MemberJob<T>.Run(ref job, _engine.Options);
        }
        finally
        {
            panels.Return();
        }
    }

    /// <summary>Looks every call up, and remembers them where some were new; lists that take turns find all of theirs without an allocation.</summary>
    void Plan(Call[] calls, Items<Tensor<T>>? destinations, in OperandLists<T> lists)
    {
        var made = _planner.Made;
        for (var member = 0; destinations is { } given && member < Count; member++) ArgumentNullException.ThrowIfNull(given[member], nameof(destinations));
        var layouts = new OperandLayouts<T>(lists, destinations);
        var buffer = new LayoutBuffer();
        for (var member = 0; member < Count; member++)
        {
            var words = buffer.Words(layouts.Length(member));
            layouts.Write(member, words);
            calls[member] = _planner.For(member, words);
            if (destinations is { } list && !calls[member].ResultLengths.SequenceEqual(list[member].Lengths))
                throw RunErrors.DestinationShape(Equation, Shape.Create(calls[member].ResultLengths), Shape.Create(list[member].Lengths)).InMember(member);
        }
        if (_planner.Made != made) Volatile.Write(ref _known, MemberPlanner<OperandLayouts<T>>.Run(_engine.Options, _planner, layouts, Count));
    }
}
