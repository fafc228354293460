namespace EinsumNet.Functions;

/// <summary>Associative functions that are one operation: their prefixes are a scan, which is one kernel on the host, and on a device one whose threads share a line.</summary>
static class PrefixOperation
{
    /// <summary>The operation; null where the function is another, or cannot be traced.</summary>
    internal static ElementFunction? Of(Func<TensorExpr[], TensorExpr[], TensorExpr[]> function, TensorType type)
    {
        if (type.Shape[0] < 2) return null;
        Graph graph;
        try
        {
            graph = Graph.Trace(values => function([values[0]], [values[1]]), [type, type]);
        }
        catch (EinsumException)
        {
            // Told again by who calls the function on its operands, with their shapes.
            return null;
        }
        return graph.Results is [{ Op: ElementwiseOp { Function: ElementFunction.Add or ElementFunction.Multiply or ElementFunction.Min or ElementFunction.Max } op } result]
            && result.Inputs.ToHashSet().SetEquals(graph.Parameters) ? op.Function : null;
    }

    /// <summary>The prefixes along the leading axis.</summary>
    internal static TensorExpr Run(ElementFunction operation, TensorExpr values, bool reverse)
    {
        // Of two zeros the negative one leaves a sum as it is.
        var start = operation == ElementFunction.Add && values.Type.IsReal ? -0.0 : ReductionStart.Of(operation, values.Element);
        var first = Broadcasting.To(TensorExpr.Scalar(values.Element, start), values.Type.Inner.Shape);
        var op = new ElementwiseOp(operation);
        return Fn.Scan((carry, x) => TensorExpr.Make(op, [carry, x]) is var next ? (next, next) : default, first, values, reverse: reverse, file: "").Results;
    }
}
