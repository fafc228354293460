using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// Which values are written to memory; all others are computed where they are used. Written are results, what only whole steps make or read,
/// reductions but for those whose only users are elementwise at the same place, and what is costly and would be computed more than once.
/// </summary>
sealed class Materialise
{
    /// <summary>Longer chains are cut, so that a kernel stays small enough to be compiled well.</summary>
    const int LongestChain = 48;

    readonly Dictionary<TensorExpr, int> _uses = [];
    readonly HashSet<TensorExpr> _written = [], _costly = [];

    Materialise(Graph graph, IReadOnlySet<TensorExpr> fusedLoops)
    {
        var nodes = graph.Nodes();
        foreach (var node in nodes)
        {
            foreach (var input in node.Inputs) _uses[input] = _uses.GetValueOrDefault(input) + 1;
            if (IsInline(node.Op) && (node.Op is ElementwiseOp elementwise && elementwise.Function.IsCostly() || node.Inputs.Any(_costly.Contains))) _costly.Add(node);
        }
        _written.UnionWith(graph.Results);
        var depth = new Dictionary<TensorExpr, int>();
        foreach (var node in nodes) AddInputs(node, fusedLoops);
        foreach (var node in nodes)
        {
            depth[node] = 1 + node.Inputs.Where(input => !_written.Contains(input)).Select(input => depth[input]).DefaultIfEmpty().Max();
            var again = _uses.GetValueOrDefault(node) > 1 && _costly.Contains(node);
            if (!IsInline(node.Op) && node.Op is not ReduceOp || again || depth[node] > LongestChain) _written.Add(node);
        }
        AddReductions(nodes);
    }

    internal static IReadOnlySet<TensorExpr> Run(Graph graph, IReadOnlySet<TensorExpr> fusedLoops) => new Materialise(graph, fusedLoops)._written;

    static bool IsInline(Op op) => op is ElementwiseOp or ConvertOp or BroadcastOp or TransposeOp or SliceOp or ReshapeOp or IotaOp or TakeOp or ConstantOp { Value.Data.Length: 1 };

    void AddInputs(TensorExpr node, IReadOnlySet<TensorExpr> fusedLoops)
    {
        switch (node.Op)
        {
            case TakeOp:
                _written.Add(node.Inputs[0]);
                break;
            case ScanOp or WhileOp or MappedWhileOp when fusedLoops.Contains(node):
                // What an iteration reads anew it would compute anew.
                _written.UnionWith(node.Inputs.Where((input, i) => _costly.Contains(input) || IsReadByPlace(node.Op, i)));
                break;
            case ScanOp scan:
                // A loop counts by itself: numbers for 10^9 iterations would take 8 GB.
                _written.UnionWith(node.Inputs.Where((input, i) => !(i >= scan.Carries + scan.Captures && input.Op is IotaOp)));
                break;
            case ContractOp or WhileOp:
            case ReshapeOp reshape when !ReshapeIndex.Exists(node.Inputs[0].Shape, reshape.Shape):
                _written.UnionWith(node.Inputs);
                break;
            case BroadcastOp when node.Type.Count > node.Inputs[0].Type.Count && _costly.Contains(node.Inputs[0]):
                _written.Add(node.Inputs[0]);
                break;
        }
    }

    /// <summary>Whether the body of a loop reads an input in a way that only memory allows: at a position that it computes, or as another shape.</summary>
    static bool IsReadByPlace(Op loop, int input) => loop switch
    {
        ScanOp scan => IsReadByPlace(scan.Body, input),
        MappedWhileOp many => IsReadByPlace(many.One, input),
        WhileOp one when input < one.Carries + one.ConditionCaptures => IsReadByPlace(one.Condition, input),
        WhileOp one => IsReadByPlace(one.Body, input - one.ConditionCaptures),
        _ => false,
    };

    static bool IsReadByPlace(Graph body, int parameter) => body.Nodes().Any(node =>
        (node.Op is TakeOp || node.Op is ReshapeOp reshape && !ReshapeIndex.Exists(node.Inputs[0].Shape, reshape.Shape)) && ReferenceEquals(node.Inputs[0], body.Parameters[parameter]));

    /// <summary>A reduction stays in the kernel of the one written value that it leads to, where the whole way there is elementwise.</summary>
    void AddReductions(ImmutableArray<TensorExpr> nodes)
    {
        // The written value that each node leads to; the node itself where that is not one, or the way is not elementwise.
        var leadsTo = new Dictionary<TensorExpr, TensorExpr>();
        foreach (var node in nodes.Reverse())
        {
            if (_written.Contains(node) || !leadsTo.TryGetValue(node, out var target) || ReferenceEquals(target, node))
            {
                if (node.Op is ReduceOp) _written.Add(node);
                leadsTo[node] = node;
            }
            var isElementwise = node.Op is ElementwiseOp or ConvertOp && (_written.Contains(node) || !ReferenceEquals(leadsTo[node], node));
            foreach (var input in node.Inputs)
            {
                var root = isElementwise ? leadsTo[node] : input;
                leadsTo[input] = leadsTo.TryGetValue(input, out var other) && !ReferenceEquals(other, root) ? input : root;
            }
        }
    }
}
