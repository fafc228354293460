using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>Decides what is computed in which step.</summary>
sealed class Planner
{
    readonly Graph _graph;
    readonly Buffers _buffers;
    readonly ImmutableArray<Step>.Builder _steps = ImmutableArray.CreateBuilder<Step>();

    Planner(Graph graph) => (_graph, _buffers) = (graph, new Buffers(graph));

    internal static Plan Run(Graph graph) => new Planner(graph).Run();

    Plan Run()
    {
        foreach (var node in _graph.Nodes()) Add(node);
        foreach (var (value, target) in _buffers.Copies) _steps.Add(new CopyStep(_buffers[value], target, value.Type.Count * value.Element.Size()));
        return new Plan(_steps.ToImmutable(), _buffers.FirstLocal, _buffers.Offsets, _buffers.Bytes, _graph.Parameters.Length, null);
    }

    void Add(TensorExpr node)
    {
        ImmutableArray<int> reads = [.. node.Inputs.Where(input => input.Types.Length == 1).Select(input => _buffers[input])];
        switch (node.Op)
        {
            case ParameterOp or ItemOp:
                break;
            case ConstantOp constant:
                _steps.Add(new ConstantStep(constant.Value, _buffers[node]));
                break;
            case ContractOp contract:
                _steps.Add(new ContractStep(contract.Plan(node.Inputs.Select(input => input.Type)), reads, _buffers[node]));
                break;
            case ReshapeOp when _buffers.TryShare(node, node.Inputs[0]):
                break;
            case ScanOp or WhileOp:
                var items = _graph.Nodes().Where(item => item.Op is ItemOp && ReferenceEquals(item.Inputs[0], node)).ToDictionary(item => ((ItemOp)item.Op).Index);
                ImmutableArray<int> writes = [.. node.Types.Select((type, i) => items.TryGetValue(i, out var item) ? _buffers[item] : _buffers.Add(type))];
                _steps.Add(new InterpretedStep(node, reads, writes));
                break;
            default:
                _steps.Add(new InterpretedStep(node, reads, [_buffers[node]]));
                break;
        }
    }
}
