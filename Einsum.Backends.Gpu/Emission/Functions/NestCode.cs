using System.Collections.Immutable;
using EinsumNet.Functions;

namespace EinsumNet.Backends.Gpu;

/// <summary>A kernel of a traced function on its way to a device: its buffers as arrays, and how its loops are counted.</summary>
sealed class NestCode
{
    readonly Kernel _kernel;
    static readonly IrArray s_faults = new("faults", ElementType.Int, IrSpace.Global, Written: true);

    readonly Dictionary<int, IrArray> _arrays = [];

    internal NestCode(Kernel kernel)
    {
        _kernel = kernel;
        var writes = kernel.Writes;
        Buffers = [.. kernel.Reads.Union(writes).Order()];
        var elements = new Dictionary<int, ElementType>();
        foreach (var expr in kernel.Nodes)
        {
            if (expr is Functions.LoadExpr load) elements[load.Buffer] = load.Element;
            else if (expr is IndexedLoadExpr indexed) elements[indexed.Buffer] = indexed.Element;
        }
        foreach (var store in kernel.Stores) elements[store.Buffer] = store.Value.Element;
        foreach (var buffer in Buffers) _arrays[buffer] = new IrArray($"buffer{buffer}", elements[buffer], IrSpace.Global, Written: writes.Contains(buffer));
    }

    internal IrBuilder Body { get; } = new();

    /// <summary>The numbers of the buffers, in the order of the kernel's parameters.</summary>
    internal ImmutableArray<int> Buffers { get; }

    internal ImmutableArray<IrArray> Arrays => [.. Buffers.Select(buffer => _arrays[buffer]), .. _kernel.MayFault ? [s_faults] : (ImmutableArray<IrArray>)[]];

    internal static double Count(ImmutableArray<long> loops) => loops.Aggregate(1.0, (product, extent) => product * extent);

    /// <summary>Loops as one counter, the last one fastest.</summary>
    internal static Digits Digits(ImmutableArray<long> loops) => new([.. loops.Select(extent => (IrExpr)extent)], [], 0);

    /// <summary>Whether a division of this thread has failed, whose quotient may be what a loop waits for; null where nothing asks.</summary>
    internal VariableExpr? Failed { get; set; }

    internal PointWriter At(ImmutableArray<IrExpr> counters, IReadOnlyList<IrExpr> states) => new(Body, buffer => _arrays[buffer], s_faults, Failed, counters, states);

    /// <summary>The inner loops one in the other; the body is given their counters.</summary>
    internal void Inner(Action<ImmutableArray<IrExpr>> body)
    {
        Loop([]);

        void Loop(ImmutableArray<IrExpr> outer)
        {
            if (outer.Length == _kernel.Inner.Length) body(outer);
            else Body.For("k", 0, _kernel.Inner[outer.Length], 1, k => Loop(outer.Add(k)));
        }
    }

    /// <summary>One turn of the inner loops: all that is new is computed from what was before.</summary>
    internal void Step(PointWriter point, IReadOnlyList<VariableExpr> states)
    {
        var next = _kernel.States.Select((state, i) => state.Combine is { } combine
            ? ElementCode.Apply(combine, state.Element, [states[i], point.Value(state.Next)])
            : point.Value(state.Next)).Select(value => (IrExpr)Body.Variable("next", value)).ToList();
        point.Store(_kernel.InnerStores);
        for (var i = 0; i < states.Count; i++) Body.Set(states[i], next[i]);
    }

    /// <summary>Whether a kernel with a condition goes on.</summary>
    internal IrExpr Goes(ImmutableArray<IrExpr> point, IReadOnlyList<IrExpr> states)
    {
        var holds = At(point, states).Value(_kernel.Condition!);
        return Failed is { } failed ? new SelectExpr(ElementCode.Flag(failed), new WholeExpr(IrType.Truth, 0), holds) : holds;
    }

    internal EmittedKernel Emit(string name, int threads, double groups, EmitTarget target)
    {
        var kernel = new IrKernel(name, threads, Arrays, [], NeedsWideIndex(), Body.Locals, Body.Body);
        IrVerifier.Check(kernel);
        return new EmittedKernel(
            IrPrinter.Print(kernel, target.Dialect), name, new Launch(threads, 1, 1, (long)groups, 1, 1, IrPrinter.LocalBytesAtLaunch(kernel, target.Dialect)), [], 0)
        { Kernel = kernel };
    }

    bool NeedsWideIndex()
    {
        if (Count(_kernel.Free) > Reach.Limit || Count(_kernel.Inner) > Reach.Limit) return true;
        var loads = _kernel.Nodes.Select(expr => expr switch
        {
            Functions.LoadExpr load => (load.Place, Further: 0.0),
            IndexedLoadExpr load => (load.Place, Further: (double)load.Stride * load.Size),
            _ => (Place: null!, Further: 0.0),
        });
        return loads.Where(load => load.Place is not null).Concat(_kernel.Stores.Select(store => (store.Place, Further: 0.0))).Any(each => IsFar(each.Place, each.Further));
    }

    /// <summary>Whether the place, or a part of its sum, is out of reach.</summary>
    bool IsFar(Affine place, double further) =>
        Math.Abs((double)place.Offset) + further + place.Factors.Select((factor, loop) => Math.Abs((double)factor) * _kernel.Extent(loop)).Sum() > Reach.Limit;
}
