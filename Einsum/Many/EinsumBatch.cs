using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace EinsumNet;

/// <summary>One equation compiled for many members whose shapes differ; runs all of them at once, on all threads. Thread-safe.</summary>
/// <typeparam name="T">The element type.</typeparam>
public sealed class EinsumBatch<T> where T : unmanaged
{
    readonly EinsumEngine _engine;
    readonly Equation _equation;
    readonly CallPlanner _planner;
    readonly Lock _planning = new();
    readonly MemberSchedule _schedule;
    readonly Shape[] _resultShapes;

    internal EinsumBatch(EinsumEngine engine, Equation equation, ReadOnlySpan<IReadOnlyList<Shape>> lists)
    {
        (_engine, _equation) = (engine, equation);
        _planner = new CallPlanner(engine, equation, ElementTypes.Of(typeof(T)));
        Count = MemberCount.Of(equation, lists);
        var work = new double[Count];
        _resultShapes = new Shape[Count];
        var layouts = new List<nint>();
        for (var member = 0; member < Count; member++)
        {
            layouts.Clear();
            foreach (var list in lists) LayoutBuffer.AppendDense(layouts, list.Count == 1 ? list[0] : list[member]);
            var call = _planner.For(member, CollectionsMarshal.AsSpan(layouts));
            work[member] = call.Work;
            _resultShapes[member] = Shape.Create(call.ResultLengths);
        }
        _schedule = new MemberSchedule(work, engine.Options.MaxThreads);
    }

    /// <summary>How many members there are.</summary>
    public int Count { get; }

    /// <summary>The shape of each member's result; [1] for a scalar, which the platform's tensor cannot be.</summary>
    public IReadOnlyList<Shape> ResultShapes => _resultShapes;

    /// <summary>The results in new dense row-major tensors.</summary>
    /// <exception cref="EinsumException">The lists are not as long as the batch, or a member's operands do not fit the equation.</exception>
    public Tensor<T>[] Invoke(params ReadOnlySpan<IReadOnlyList<Operand<T>>> lists)
    {
        var results = NewResults();
        InvokeInto(results, lists);
        return results;
    }

    /// <summary>
    /// Writes each member's result into its destination, of exactly its shape and any strides. Allocates nothing once the strides were seen. A
    /// destination may overlap its own member's operands, which costs a copy, but no other member's.
    /// </summary>
    /// <exception cref="EinsumException">The lists or destinations are not as many as the batch has members, or do not fit the equation; nothing is written then.</exception>
    public void InvokeInto(IReadOnlyList<Tensor<T>> destinations, params ReadOnlySpan<IReadOnlyList<Operand<T>>> lists) =>
        Run(destinations, new OperandLists<T>(_equation, lists), null, _engine.Options.Cancellation);

    internal Tensor<T>[] NewResults()
    {
        var results = new Tensor<T>[Count];
        for (var member = 0; member < Count; member++) results[member] = Tensor.CreateFromShapeUninitialized<T>([.. _resultShapes[member].Select(size => (nint)size)]);
        return results;
    }

    internal void Run(IReadOnlyList<Tensor<T>> destinations, OperandLists<T> lists, TaskCompletionSource<Tensor<T>>[]? completions, CancellationToken cancellation)
    {
        if (destinations.Count != Count) throw ManyErrors.DestinationCount(_equation, Count, destinations.Count);
        if (lists.Members != Count && !(lists.Members == 1 && Count > 0)) throw ManyErrors.MemberCount(_equation, Count, lists.Members);
        var calls = ArrayPool<Call>.Shared.Rent(Count);
        try
        {
            lock (_planning) Plan(calls, destinations, lists);
            var job = new MemberJob<T>(_engine, _equation, _schedule, calls, lists, destinations, completions, cancellation);
            MemberJob<T>.Run(ref job, _engine.Options);
        }
        finally
        {
            ArrayPool<Call>.Shared.Return(calls, clearArray: true);
        }
    }

    void Plan(Call[] calls, IReadOnlyList<Tensor<T>> destinations, OperandLists<T> lists)
    {
        var operandBuffer = new OperandBuffer<T>();
        Span<Operand<T>> operands = lists.Terms <= OperandBuffer<T>.Length ? operandBuffer : new Operand<T>[lists.Terms];
        operands = operands[..lists.Terms];
        for (var member = 0; member < Count; member++)
        {
            lists.Read(member, operands);
            var buffer = new LayoutBuffer();
            var destination = destinations[member].AsTensorSpan();
            // What is dense needs no call of its own: calls write dense results anyway.
            calls[member] = _planner.For(member, IsRowMajor(destination) ? buffer.Write(operands) : buffer.Write(operands, destination));
            if (!calls[member].ResultLengths.SequenceEqual(destinations[member].Lengths))
                throw RunErrors.DestinationShape(_equation, Shape.Create(calls[member].ResultLengths), Shape.Create(destinations[member].Lengths)).InMember(member);
        }
    }

    static bool IsRowMajor(in TensorSpan<T> tensor)
    {
        nint dense = 1;
        for (var axis = tensor.Rank - 1; axis >= 0; axis--)
        {
            if (tensor.Lengths[axis] != 1 && tensor.Strides[axis] != dense) return false;
            dense *= tensor.Lengths[axis];
        }
        return true;
    }
}
