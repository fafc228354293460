using System.Collections.Immutable;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace EinsumNet.Functions;

/// <summary>A traced function compiled for operands of given types: steps over buffers. Immutable and thread-safe.</summary>
sealed unsafe class Program
{
    /// <summary>The addresses of so many buffers are kept on the stack.</summary>
    const int OnStack = 256;

    readonly Plan _plan;
    readonly Step[] _steps;
    readonly WorkspacePool _workspace;
    readonly FunctionDevice? _device = EngineScope.Device;
    readonly CancellationToken _cancellation = EngineScope.Current.Options.Cancellation;

    /// <summary>The element type of the result where there is one.</summary>
    readonly ElementType? _only;

    Program(Graph graph, Plan plan)
    {
        (Graph, _plan, _steps) = (graph, plan, [.. plan.Steps]);
        MayFault = _steps.Any(step => step is DeviceStep { MayFault: true });
        _only = graph.Results.Length == 1 ? graph.Results[0].Element : null;
        _workspace = new WorkspacePool(plan.WorkspaceBytes);
    }

    internal Graph Graph { get; }

    internal ImmutableArray<Step> Steps => _plan.Steps;

    /// <summary>The einsums, those in loops too, that are steps of their own.</summary>
    internal IEnumerable<ContractStep> Contracts => Steps.OfType<ContractStep>().Concat(Steps.SelectMany(step => step.Bodies).SelectMany(body => body.Contracts));

    internal static Program Compile(Graph graph) => Compile(graph, BlockLimits.Default);

    internal static Program Compile(Graph graph, BlockLimits limits)
    {
        foreach (var node in graph.Nodes())
            if (node.Op is ParameterOp && !graph.Parameters.Contains(node)) throw FunctionErrors.Leaked(node.Type.ToString());
        var optimised = Simplify.Run(LowerSmallContracts.RunFused(Passes.Run(graph)));
        return new Program(optimised, EngineScope.Device is null ? Planner.Run(optimised, RuntimeFeature.IsDynamicCodeSupported, limits) : Planner.RunOnDevice(optimised));
    }

    /// <summary>The body of a loop, or its condition, where small contractions are kernels like all else.</summary>
    internal static Program CompileBody(Graph body)
    {
        var optimised = Simplify.Run(LowerSmallContracts.Run(Passes.Run(body)));
        return new Program(optimised, EngineScope.Device is null ? Planner.Run(optimised) : Planner.RunOnDevice(optimised));
    }

    internal Plan Plan => _plan;

    /// <summary>Why it runs where it does, where a backend had a choice.</summary>
    string? Why { get; init; }

    /// <summary>The same program, made for the engine in scope, with the reason why it was chosen.</summary>
    internal Program Because(string why) => new(Graph, _plan) { Why = why };

    /// <summary>The device that it was compiled for; null for the host.</summary>
    internal FunctionDevice? Device => _device;

    /// <summary>Whether a division of integers may fail on a device, which cannot throw.</summary>
    internal bool MayFault { get; }

    /// <summary>Bytes for intermediates: the workspace, and a block's memory on each thread.</summary>
    internal long PeakBytes(int threads) => _plan.WorkspaceBytes + threads * _plan.Planned.OfType<BlockPlan>().Select(block => block.Bytes).DefaultIfEmpty().Max();

    /// <summary>EIN0517 and EIN0502 where the results are others than the caller can take.</summary>
    internal void Expect<T>(string operation, int results) where T : unmanaged
    {
        if (results == 1 && _only == Elements.Of<T>()) return;
        if (Graph.Results.Length != results) throw FunctionErrors.ResultCount(operation, Graph.Results.Length, results);
        foreach (var result in Graph.Results)
            if (result.Element != Elements.Of<T>()) throw FunctionErrors.ElementTypes(operation, $"a result of {result.Element.Name()}", ElementTypes.NameOf(typeof(T)));
    }

    internal static Tensor<T> NewResult<T>(Shape shape) where T : unmanaged =>
        Tensor.CreateFromShapeUninitialized<T>(shape.Rank == 0 ? [1] : [.. shape.Select(size => (nint)size)]);

    internal void Run<T, TResult>(ReadOnlySpan<Operand<T>> operands, ReadOnlySpan<Tensor<TResult>> results, bool areDense) where T : unmanaged where TResult : unmanaged
    {
        Span<nint> addresses = _plan.BufferCount <= OnStack ? stackalloc nint[_plan.BufferCount] : new nint[_plan.BufferCount];
        PinResults(operands, results, addresses, 0, areDense);
    }

    /// <summary>The same into tensors in the memory of the device that the program was compiled for.</summary>
    internal void Run<T, TResult>(ReadOnlySpan<Operand<T>> operands, ReadOnlySpan<ResidentTensor<TResult>> results, bool areDense) where T : unmanaged where TResult : unmanaged
    {
        Span<nint> addresses = _plan.BufferCount <= OnStack ? stackalloc nint[_plan.BufferCount] : new nint[_plan.BufferCount];
        for (var i = 0; i < results.Length; i++) addresses[Graph.Parameters.Length + i] = results[i].Address;
        Pin(operands, addresses, areDense);
        foreach (var result in results) GC.KeepAlive(result);
    }

    void PinResults<T, TResult>(ReadOnlySpan<Operand<T>> operands, ReadOnlySpan<Tensor<TResult>> results, Span<nint> addresses, int next, bool areDense) where T : unmanaged where TResult : unmanaged
    {
        if (next == results.Length)
        {
            Pin(operands, addresses, areDense);
            return;
        }
        fixed (TResult* pinned = &results[next].GetPinnableReference())
        {
            addresses[Graph.Parameters.Length + next] = (nint)pinned;
            PinResults(operands, results, addresses, next + 1, areDense);
        }
    }

    internal void RunInto<T>(ReadOnlySpan<Operand<T>> operands, TensorSpan<T> destination, bool areDense) where T : unmanaged
    {
        var shape = Graph.Results[0].Shape;
        var isShape = shape.Rank == 0 ? destination.FlattenedLength == 1 : destination.Lengths.Length == shape.Rank;
        for (var axis = 0; isShape && axis < shape.Rank; axis++) isShape = destination.Lengths[axis] == shape[axis];
        if (!isShape) throw FunctionErrors.Destination(shape, Shape.Create(destination.Lengths));
        if (destination.FlattenedLength == 0) return;
        if (destination.IsDense && TryRunInto(operands, ref destination.GetPinnableReference(), destination.FlattenedLength, areDense)) return;
        var result = NewResult<T>(shape);
        Run<T, T>(operands, [result], areDense);
        result.AsTensorSpan().CopyTo(destination);
    }

    /// <summary>The same into a vector, without the cost of describing it as a tensor.</summary>
    internal void RunInto<T>(ReadOnlySpan<Operand<T>> operands, T[] destination, bool areDense) where T : unmanaged
    {
        var shape = Graph.Results[0].Shape;
        if (shape.Rank > 1 || (shape.Rank == 0 ? 1 : shape[0]) != destination.Length) throw FunctionErrors.Destination(shape, [destination.Length]);
        if (destination.Length == 0 || TryRunInto(operands, ref destination[0], destination.Length, areDense)) return;
        var result = NewResult<T>(shape);
        Run<T, T>(operands, [result], areDense);
        result.FlattenTo(destination);
    }

    /// <summary>Runs into dense memory; false, with nothing written, where that overlaps an operand.</summary>
    bool TryRunInto<T>(ReadOnlySpan<Operand<T>> operands, ref T destination, nint length, bool areDense) where T : unmanaged
    {
        // A device has operands of its own.
        if (_device is null && Overlaps(operands, ref destination, length)) return false;
        fixed (T* pinned = &destination)
        {
            Span<nint> addresses = _plan.BufferCount <= OnStack ? stackalloc nint[_plan.BufferCount] : new nint[_plan.BufferCount];
            addresses[Graph.Parameters.Length] = (nint)pinned;
            Pin(operands, addresses, areDense);
        }
        return true;
    }

    /// <summary>Whether an operand begins or ends inside the destination, which is dense; operands that are not dense are copied first.</summary>
    bool Overlaps<T>(ReadOnlySpan<Operand<T>> operands, ref T first, nint count) where T : unmanaged
    {
        var bytes = count * sizeof(T);
        for (var i = 0; i < operands.Length; i++)
        {
            var length = (nint)Graph.Parameters[i].Type.Count * sizeof(T);
            if (length == 0) continue;
            var distance = Unsafe.ByteOffset(ref first, ref Unsafe.AsRef(in operands[i].First));
            if (distance < bytes && -distance < length) return true;
        }
        return false;
    }

    /// <summary>Whether an operand on the device shares memory with the destination there.</summary>
    internal bool Overlaps<T>(ReadOnlySpan<Operand<T>> operands, ResidentTensor<T> destination) where T : unmanaged
    {
        var bytes = Bytes(Graph.Results[0]);
        for (var i = 0; i < operands.Length; i++)
        {
            if (!operands[i].IsResident) continue;
            var distance = (nint)Unsafe.AsPointer(ref Unsafe.AsRef(in operands[i].Start)) - destination.Address;
            if (distance < bytes && -distance < Bytes(Graph.Parameters[i])) return true;
        }
        return false;

        static long Bytes(TensorExpr value) => value.Type.Count * sizeof(T);
    }

    void Pin<T>(ReadOnlySpan<Operand<T>> operands, Span<nint> addresses, bool areDense) where T : unmanaged
    {
        if (!areDense || operands.Length is 0 or > 2)
        {
            PinOperands(operands, addresses, 0);
            Operand<T>.KeepAlive(operands);
            return;
        }
        // One or two dense operands, as most functions have.
        fixed (T* first = &First(in operands[0]), last = &First(in operands[^1]))
        {
            addresses[0] = (nint)first;
            addresses[operands.Length - 1] = (nint)last;
            RunPinned(addresses);
        }
        Operand<T>.KeepAlive(operands);
    }

    /// <summary>Pins one operand after the other, each in a frame of its own; those that are not dense through a dense copy.</summary>
    void PinOperands<T>(ReadOnlySpan<Operand<T>> operands, Span<nint> addresses, int next) where T : unmanaged
    {
        if (next == operands.Length)
        {
            RunPinned(addresses);
            return;
        }
        if (OperandReader.IsDense(operands[next]))
        {
            fixed (T* pinned = &First(in operands[next]))
            {
                addresses[next] = (nint)pinned;
                PinOperands(operands, addresses, next + 1);
            }
            return;
        }
        fixed (T* pinned = OperandReader.ToDense(operands[next]).As<T>())
        {
            addresses[next] = (nint)pinned;
            PinOperands(operands, addresses, next + 1);
        }
    }

    /// <summary>The first element; of a tensor on the device that the program runs on, what stands for it.</summary>
    ref readonly T First<T>(in Operand<T> operand) where T : unmanaged
    {
        if (_device is null) return ref operand.First;
        return ref operand.Start;
    }

    void RunPinned(Span<nint> addresses)
    {
        if (_device is not null)
        {
            DeviceCall.Run(this, _device, addresses);
            return;
        }
        if (_plan.WorkspaceBytes == 0)
        {
            fixed (nint* pinned = addresses) RunOn(pinned, null);
            return;
        }
        var block = _workspace.Rent();
        try
        {
            fixed (nint* pinned = addresses) RunOn(pinned, (byte*)block);
        }
        finally
        {
            _workspace.Return(block);
        }
    }

    /// <summary>Runs on buffers whose operands and results are already set, and a workspace.</summary>
    internal void RunOn(nint* addresses, byte* workspace)
    {
        Place(addresses, workspace);
        foreach (var step in _steps)
        {
            _cancellation.ThrowIfCancellationRequested();
            step.Run(addresses);
        }
    }

    /// <summary>Sets the addresses of intermediates.</summary>
    internal void Place(nint* addresses, byte* workspace)
    {
        for (var i = 0; i < _plan.Offsets.Length; i++) addresses[_plan.FirstLocal + i] = (nint)(workspace + _plan.Offsets[i]);
    }

    internal int BufferCount => _plan.BufferCount;

    internal WorkspacePool Workspace => _workspace;

    /// <summary>The graph, why it runs where it does, and the steps.</summary>
    public override string ToString() => $"{Graph}\n{(Why is null ? "" : $"backend    {Why}\n")}{_plan}";
}
