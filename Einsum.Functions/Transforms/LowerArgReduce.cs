using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// The place of the greatest element as two reductions, which vectors compute: the greatest element, then the least place that holds it, or a
/// NaN, which is greater than all.
/// <code>%1 = argmax[0] (x)   --->   %1 = max[0] (x); %2 = reduce_min[0] of where (x == %1 or x != x, place, size)</code>
/// </summary>
static class LowerArgReduce
{
    internal static Graph Run(Graph graph) => GraphRewriter.Run(graph, (node, inputs) =>
        node.Op is ArgReduceOp op ? Lower(op, inputs[0]) : inputs.SequenceEqual(node.Inputs) ? node : TensorExpr.Make(node.Op, inputs));

    static TensorExpr Lower(ArgReduceOp op, TensorExpr values)
    {
        var (shape, size) = (values.Shape, values.Shape[op.Axis]);
        var best = values.Apply(new ReduceOp(op.IsMax ? ElementFunction.Max : ElementFunction.Min, [op.Axis]));
        AxisList others = [.. Enumerable.Range(0, shape.Rank).Where(axis => axis != op.Axis)];
        var isBest = TensorExpr.Make(new ElementwiseOp(ElementFunction.Equal), [values, best.Apply(new BroadcastOp(shape, others))]);
        if (values.Type.IsReal) isBest = TensorExpr.Make(new ElementwiseOp(ElementFunction.Or), [isBest, TensorExpr.Make(new ElementwiseOp(ElementFunction.NotEqual), [values, values])]);
        // Twice as many fit into a vector where places are ints.
        var element = size <= int.MaxValue ? ElementType.Int : ElementType.Long;
        var places = TensorExpr.Make(new IotaOp(0, size), []).Apply(new ConvertOp(element)).Apply(new BroadcastOp(shape, [op.Axis]));
        var none = TensorExpr.Scalar(element, size).Apply(new BroadcastOp(shape, []));
        var place = TensorExpr.Make(new ElementwiseOp(ElementFunction.Select), [isBest, places, none]).Apply(new ReduceOp(ElementFunction.Min, [op.Axis]));
        return element == ElementType.Long ? place : place.Apply(new ConvertOp(ElementType.Long));
    }
}
