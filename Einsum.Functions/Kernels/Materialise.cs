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
    readonly Dictionary<TensorExpr, TensorExpr> _user = [];

    Materialise(Graph graph, IReadOnlySet<TensorExpr> fusedScans)
    {
        var nodes = graph.Nodes();
        foreach (var node in nodes)
        {
            foreach (var input in node.Inputs)
            {
                _uses[input] = _uses.GetValueOrDefault(input) + 1;
                _user[input] = node;
            }
            if (IsInline(node.Op) && (node.Op is ElementwiseOp elementwise && elementwise.Function.IsCostly() || node.Inputs.Any(_costly.Contains))) _costly.Add(node);
        }
        _written.UnionWith(graph.Results);
        var depth = new Dictionary<TensorExpr, int>();
        foreach (var node in nodes) AddInputs(node, fusedScans);
        foreach (var node in nodes)
        {
            depth[node] = 1 + node.Inputs.Where(input => !_written.Contains(input)).Select(input => depth[input]).DefaultIfEmpty().Max();
            var again = _uses.GetValueOrDefault(node) > 1 && _costly.Contains(node);
            if (!IsInline(node.Op) && node.Op is not ReduceOp || again || depth[node] > LongestChain) _written.Add(node);
        }
        foreach (var node in nodes.Reverse())
            if (node.Op is ReduceOp && !IsEpilogue(node)) _written.Add(node);
    }

    internal static IReadOnlySet<TensorExpr> Run(Graph graph, IReadOnlySet<TensorExpr> fusedScans) => new Materialise(graph, fusedScans)._written;

    static bool IsInline(Op op) => op is ElementwiseOp or ConvertOp or BroadcastOp or TransposeOp or SliceOp or ReshapeOp or IotaOp or ConstantOp { Value.Data.Length: 1 };

    void AddInputs(TensorExpr node, IReadOnlySet<TensorExpr> fusedScans)
    {
        switch (node.Op)
        {
            case ContractOp or ArgReduceOp or TakeOp or WhileOp:
            case ScanOp when !fusedScans.Contains(node):
            case ReshapeOp reshape when !ReshapeIndex.Exists(node.Inputs[0].Shape, reshape.Shape):
                _written.UnionWith(node.Inputs);
                break;
            case BroadcastOp when node.Type.Count > node.Inputs[0].Type.Count && _costly.Contains(node.Inputs[0]):
                _written.Add(node.Inputs[0]);
                break;
        }
    }

    /// <summary>Whether the only way from the reduction to a written value is elementwise.</summary>
    bool IsEpilogue(TensorExpr node)
    {
        while (!_written.Contains(node))
        {
            if (_uses.GetValueOrDefault(node) != 1 || _user[node].Op is not (ElementwiseOp or ConvertOp)) return false;
            node = _user[node];
        }
        return true;
    }
}
