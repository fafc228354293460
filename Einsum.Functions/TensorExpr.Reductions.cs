namespace EinsumNet.Functions;

/// <content>Reductions. Without axes they run over all of them; negative axes count from the end.</content>
public sealed partial class TensorExpr
{
    /// <summary>The sum over the axes; over nothing it is 0.</summary>
    public TensorExpr Sum(params ReadOnlySpan<int> axes) => Reduce("Sum", ElementFunction.Add, axes);

    /// <summary>The product over the axes; over nothing it is 1.</summary>
    public TensorExpr Prod(params ReadOnlySpan<int> axes) => Reduce("Prod", ElementFunction.Multiply, axes);

    /// <summary>The mean over the axes, of integers truncated. That of Half is computed in float, that of integers of one or two bytes in long; others wrap as their sums do.</summary>
    public TensorExpr Mean(params ReadOnlySpan<int> axes)
    {
        // Their sums may be none of them, and neither may be how many there are.
        if (Element == EinsumNet.ElementType.Half) return ConvertTo(EinsumNet.ElementType.Float).Mean(axes).ConvertTo(Element);
        if (Type.IsInteger && Element.Size() < sizeof(int)) return ConvertTo(EinsumNet.ElementType.Long).Mean(axes).ConvertTo(Element);
        var sum = Reduce("Mean", ElementFunction.Add, axes);
        var list = AxisNumbers.Normalise("Mean", axes, Shape.Rank);
        return sum / list.Aggregate(1L, (product, axis) => product * Shape[axis]);
    }

    /// <summary>The least element over the axes; NaN where one is.</summary>
    public TensorExpr Min(params ReadOnlySpan<int> axes) => Reduce("Min", ElementFunction.Min, axes);

    /// <summary>The greatest element over the axes; NaN where one is.</summary>
    public TensorExpr Max(params ReadOnlySpan<int> axes) => Reduce("Max", ElementFunction.Max, axes);

    /// <summary>Whether all are true over the axes.</summary>
    public TensorExpr All(params ReadOnlySpan<int> axes) => Reduce("All", ElementFunction.And, axes);

    /// <summary>Whether any is true over the axes.</summary>
    public TensorExpr Any(params ReadOnlySpan<int> axes) => Reduce("Any", ElementFunction.Or, axes);

    /// <summary>The position of the least element along an axis, as a long.</summary>
    public TensorExpr ArgMin(int axis) => Apply(new ArgReduceOp(false, AxisNumbers.Normalise("ArgMin", axis, Shape.Rank)));

    /// <summary>The position of the greatest element along an axis, as a long.</summary>
    public TensorExpr ArgMax(int axis) => Apply(new ArgReduceOp(true, AxisNumbers.Normalise("ArgMax", axis, Shape.Rank)));

    /// <summary>The running sum along an axis: a scan.</summary>
    public TensorExpr CumSum(int axis)
    {
        var place = AxisNumbers.Normalise("CumSum", axis, Shape.Rank);
        var rows = MoveAxis(place, 0);
        var accumulator = Element == EinsumNet.ElementType.Half ? EinsumNet.ElementType.Float : Element;
        var zero = Broadcasting.To(Scalar(accumulator, 0), rows.Type.Inner.Shape);
        var sums = Fn.Scan((carry, x) => carry + x.ConvertTo(accumulator) is var sum ? (sum, sum.ConvertTo(Element)) : default, zero, rows, file: "").Results;
        return sums.MoveAxis(0, place);
    }

    TensorExpr Reduce(string name, ElementFunction combine, ReadOnlySpan<int> axes)
    {
        var list = AxisNumbers.Normalise(name, axes, Shape.Rank);
        if (list.Count == 0) return this;
        // Sums and products of Half accumulate in float.
        var isWide = Element == EinsumNet.ElementType.Half && (combine is ElementFunction.Add or ElementFunction.Multiply);
        return isWide ? ConvertTo(EinsumNet.ElementType.Float).Apply(new ReduceOp(combine, list)).ConvertTo(Element) : Apply(new ReduceOp(combine, list));
    }
}
