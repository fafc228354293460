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
    readonly HashSet<TensorExpr> _fusedScans = [];
    readonly IReadOnlySet<TensorExpr> _written;
    readonly Dictionary<TensorExpr, int> _early = [];
    readonly ImmutableArray<PlannedStep>.Builder _steps = ImmutableArray.CreateBuilder<PlannedStep>();

    Planner(Graph graph, bool emits)
    {
        (_graph, _nodes, _buffers, _emits) = (graph, graph.Nodes(), new Buffers(graph), emits);
        if (emits) _fusedScans.UnionWith(_nodes.Where(node => node.Op is ScanOp && ScanBuilder.CanFuse(node)));
        _written = emits ? Materialise.Run(graph, _fusedScans) : _nodes.ToHashSet();
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
            case WhileOp loop when _device is not null:
                Whole(new DeviceWhileStep(_device, loop, Reads(node), Items(node)));
                break;
            case WhileOp loop when _emits:
                Whole(new WhileStep(loop, Reads(node), Items(node)));
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
        if (_fusedScans.Contains(node))
        {
            var used = UsedItems(node);
            _steps.Add(new NestPlan(ScanBuilder.Make(node, BufferOf, item => used.TryGetValue(item, out var value) ? _buffers[value] : null)!));
            return;
        }
        var writes = Items(node);
        if (_device is not null) Whole(new DeviceLoopStep(_device, scan, Reads(node), writes));
        else if (!_emits) Whole(new InterpretedStep(node, Reads(node), writes));
        else Whole(LoopStep.Of(scan, Reads(node), writes));
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
