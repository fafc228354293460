using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace EinsumNet.Functions;

/// <summary>Decides what is computed in which step.</summary>
sealed class Planner
{
    readonly Graph _graph;
    readonly ImmutableArray<TensorExpr> _nodes;
    readonly Buffers _buffers;
    readonly bool _emits;
    readonly FunctionDevice? _device = EngineScope.Device;
    readonly HashSet<TensorExpr> _fusedLoops = [];
    readonly IReadOnlySet<TensorExpr> _written;
    readonly Dictionary<TensorExpr, int> _early = [];
    readonly ImmutableArray<PlannedStep>.Builder _steps = ImmutableArray.CreateBuilder<PlannedStep>();

    Planner(Graph graph, bool emits)
    {
        (_graph, _nodes, _buffers, _emits) = (graph, graph.Nodes(), new Buffers(graph), emits);
        if (emits) _fusedLoops.UnionWith(_nodes.Where(node => node.Op is ScanOp && ScanBuilder.CanFuse(node) || node.Op is WhileOp or MappedWhileOp && WhileBuilder.CanFuse(node)));
        _written = emits ? Materialise.Run(graph, _fusedLoops) : _nodes.ToHashSet();
    }

    internal static Plan Run(Graph graph) => Run(graph, RuntimeFeature.IsDynamicCodeSupported, BlockLimits.Default);

    /// <summary>For the device of the engine in scope, which needs no code on the host, and has no caches that blocks would be for.</summary>
    internal static Plan RunOnDevice(Graph graph) => new Planner(graph, emits: true).Run(BlockLimits.None);

    /// <summary>Without emitted code every operation is interpreted.</summary>
    internal static Plan Run(Graph graph, bool emits, BlockLimits limits) => new Planner(graph, emits).Run(limits);

    Plan Run(BlockLimits limits)
    {
        foreach (var node in _nodes) Add(node);
        foreach (var (value, target) in _buffers.Copies)
        {
            if (_emits) _steps.Add(new NestPlan(NestBuilder.Copy(value.Type, _buffers[value], target)));
            else Whole(new CopyStep(_buffers[value], target, value.Type.Count * value.Element.Size()));
        }
        return Plan.Of(PlanPasses.Run(_steps.ToImmutable(), _buffers, limits), _buffers, _graph.Parameters.Length, _device is not null ? $"on {EngineScope.Current.Options.Backend.Name}" : _emits ? null : "interpreted: this runtime does not emit code");
    }

    void Whole(Step step) => _steps.Add(new WholePlan(step));

    int? BufferOf(TensorExpr node) => _written.Contains(node) || node.Op is ParameterOp ? _buffers[node] : null;

    ImmutableArray<int> Reads(TensorExpr node) => [.. node.Inputs.Where(input => !input.Op.HasItems).Select(input => _buffers[input])];

    void Add(TensorExpr node)
    {
        if (node.Op is ParameterOp or ItemOp || !_written.Contains(node) && !node.Op.HasItems) return;
        switch (node.Op)
        {
            case ConstantOp constant:
                Whole(_device is null ? new ConstantStep(constant.Value, _buffers[node]) : new DeviceConstantStep(_device, constant.Value, _buffers[node]));
                break;
            case ContractOp contract:
                _steps.Add(new ContractPlan(contract.Equation, [.. node.Inputs.Select(input => input.Type)], node.Type, Reads(node), _buffers[node]));
                break;
            case ReshapeOp when BufferOf(node.Inputs[0]) is not null && _buffers.TryShare(node, node.Inputs[0]):
                break;
            case ScanOp scan:
                AddScan(node, scan);
                break;
            case WhileOp or MappedWhileOp when _emits:
                AddWhile(node);
                break;
            case { HasItems: true }:
                Whole(new InterpretedStep(node, Reads(node), Items(node)));
                break;
            case ConcatOp concat when _emits:
                AddParts(node, concat);
                break;
            case not null when !_emits:
                Whole(new InterpretedStep(node, Reads(node), [_buffers[node]]));
                break;
            default:
                AddNest(node, node, [.. new long[node.Shape.Rank]]);
                break;
        }
    }

    void AddScan(TensorExpr node, ScanOp scan)
    {
        if (_fusedLoops.Contains(node))
        {
            var used = UsedItems(node);
            _steps.Add(new NestPlan(ScanBuilder.Make(node, BufferOf, item => used.TryGetValue(item, out var value) ? _buffers[value] : null)!));
            return;
        }
        if (!_emits)
        {
            Whole(new InterpretedStep(node, Reads(node), Items(node)));
            return;
        }
        var counters = node.Inputs.Index().Skip(scan.Carries + scan.Captures).Where(input => input.Item.Op is IotaOp).ToImmutableDictionary(input => input.Index, input => ((IotaOp)input.Item.Op).Start);
        var reads = node.Inputs.Where((_, i) => !counters.ContainsKey(i)).Select(input => _buffers[input]);
        Whole(_device is null ? SequenceStep.Of(scan, counters, [.. reads], Items(node)) : new DeviceLoopStep(_device, scan, counters, [.. reads], Items(node)));
    }

    void AddWhile(TensorExpr node)
    {
        if (_fusedLoops.Contains(node))
        {
            var used = UsedItems(node);
            var kernel = WhileBuilder.Make(node, BufferOf, item => used.TryGetValue(item, out var value) ? _buffers[value] : null)!;
            Whole(_device is null ? new NestStep(kernel) : new DeviceNestStep(_device, kernel));
            return;
        }
        Whole(_device is null ? SequenceStep.Of((WhileOp)node.Op, Reads(node), Items(node)) : new DeviceWhileStep(_device, (WhileOp)node.Op, Reads(node), Items(node)));
    }

    ImmutableArray<int> Items(TensorExpr node)
    {
        var items = UsedItems(node);
        return [.. node.Types.Select((type, i) => items.TryGetValue(i, out var item) ? _buffers[item] : _buffers.Add(type))];
    }

    Dictionary<int, TensorExpr> UsedItems(TensorExpr node) =>
        _nodes.Where(item => item.Op is ItemOp && ReferenceEquals(item.Inputs[0], node)).ToDictionary(item => ((ItemOp)item.Op).Index);

    /// <summary>Each part straight to its place.</summary>
    void AddParts(TensorExpr node, ConcatOp concat)
    {
        var start = 0L;
        foreach (var part in node.Inputs)
        {
            AddNest(part, node, [.. part.Shape.Select((_, axis) => axis == concat.Axis ? start : 0)]);
            start += part.Shape[concat.Axis];
        }
    }

    /// <summary>A kernel that computes a value, or copies one that is written elsewhere, to its place in a buffer.</summary>
    void AddNest(TensorExpr value, TensorExpr target, ImmutableArray<long> at)
    {
        var copies = !ReferenceEquals(value, target) && Buffer(value) is not null;
        var reductions = copies ? [] : NestBuilder.Reductions(value, Buffer);
        // One kernel has one set of inner loops: reductions over other sizes come first.
        foreach (var other in reductions.Skip(1).Where(other => !NestBuilder.ReducedSizes(other).SequenceEqual(NestBuilder.ReducedSizes(reductions[0])))) AddEarly(other);
        _steps.Add(new NestPlan(NestBuilder.Make(value, Buffer, _buffers[target], target.Shape, at, copies)));
    }

    int? Buffer(TensorExpr node) => _early.TryGetValue(node, out var buffer) ? buffer : BufferOf(node);

    void AddEarly(TensorExpr reduction)
    {
        _steps.Add(new NestPlan(NestBuilder.Make(reduction, Buffer, _buffers[reduction], reduction.Shape, [.. new long[reduction.Shape.Rank]])));
        _early[reduction] = _buffers[reduction];
    }
}
