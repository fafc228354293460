using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// Whiles for each entry of a mapped axis that are no kernel of their own: as one while over all entries that still go on; or, where it
/// would matter what is computed for entries that have ended (an integer division may throw, an inner while may never end), one after the other.
/// <code>%1 = while for each of 9 (c)   --->   %1 = while any of going: where(going, next, c)</code>
/// </summary>
static class LowerMappedWhile
{
    internal static Graph Run(Graph graph) => GraphRewriter.Run(graph, (node, inputs) =>
    {
        var made = inputs.SequenceEqual(node.Inputs) ? node : TensorExpr.Make(node.Op, inputs);
        return made.Op is MappedWhileOp op && !WhileBuilder.CanFuse(made) ? Lower(op, inputs) : made;
    });

    static TensorExpr Lower(MappedWhileOp op, ImmutableArray<TensorExpr> inputs)
    {
        if (op.Size > 0 && !IsBound(op.One)) return op.Masked(inputs);
        return TensorExpr.Make(op.EachSlice(), [.. inputs.Where((_, i) => !op.Mapped.Contains(i)), .. inputs.Where((_, i) => op.Mapped.Contains(i))]);
    }

    /// <summary>Whether condition or body may be computed for entries that go on alone.</summary>
    static bool IsBound(WhileOp op) => IsBound(op.Condition) || IsBound(op.Body);

    static bool IsBound(Graph graph) => graph.Nodes().Any(node => node.Op switch
    {
        WhileOp or MappedWhileOp => true,
        ScanOp scan => IsBound(scan.Body),
        ElementwiseOp { Function: ElementFunction.Divide or ElementFunction.Remainder } => node.Type.IsInteger,
        _ => false,
    });
}
