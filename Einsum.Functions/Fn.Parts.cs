using System.Runtime.CompilerServices;

namespace EinsumNet.Functions;

/// <content>Functions of the parts of tensors, after JAX's lax.map and lax.associative_scan.</content>
public static partial class Fn
{
    /// <summary>
    /// The function of each part along the leading axis, one after the other; with a batch size, so many at a time as a Vmap, and the rest as a
    /// batch of their own.
    /// </summary>
    /// <exception cref="EinsumException">The batch size is not positive (EIN0515).</exception>
    public static TensorExpr Map(Func<TensorExpr, TensorExpr> function, TensorExpr xs, long? batchSize = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Map(parts => [function(parts[0])], [xs], batchSize, file, line)[0];
    }

    /// <summary>As the other, for a function of any number of parts, one of each of <paramref name="xs"/>, and any number of results.</summary>
    /// <exception cref="EinsumException">The leading sizes differ (EIN0509), there are no xs (EIN0514), or the batch size is not positive (EIN0515).</exception>
    public static TensorExpr[] Map(Func<TensorExpr[], TensorExpr[]> function, TensorExpr[] xs, long? batchSize = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(function);
        using var depth = TraceDepth.Enter(SourceLine.Of(file, line));
        xs = Given.Values(xs, "Map", "xs");
        var count = LeadingSize("Map", xs, null) ?? throw FunctionErrors.NoLength("Map");
        if (batchSize is not { } size) return Each(function, xs, file, line);
        if (size < 1) throw FunctionErrors.OutOfRange("Map", nameof(batchSize), size, "at least 1");
        var (batches, whole) = (count / size, count / size * size);
        var heads = Each(Mapped, [.. xs.Select(value => value.Slice(0, 0, whole).Reshape([batches, size, .. value.Type.Inner.Shape]))], file, line);
        heads = [.. heads.Select(head => head.Reshape([whole, .. head.Shape.Skip(2)]))];
        if (whole == count) return heads;
        var rest = Mapped([.. xs.Select(value => value.Slice(0, whole, count))]);
        return [.. heads.Zip(rest, (head, last) => Concat([head, last], 0))];

        TensorExpr[] Mapped(TensorExpr[] parts) => MapAxes(function, parts, 0, 0, null);
    }

    static TensorExpr[] Each(Func<TensorExpr[], TensorExpr[]> function, TensorExpr[] xs, string file, int line) =>
        Scan((_, slices) => ([], Given.Values(function(slices), "the function of Map", "result")), [], xs, file: file, line: line).Results;

    /// <summary>
    /// All prefixes of an associative function along an axis: result k combines elements 0 to k. The function combines two slices of equal shape, element by
    /// element. In log(n) parallel steps (Blelloch 1990, as JAX's associative_scan); a sum, product, minimum or maximum is one scan.
    /// </summary>
    /// <exception cref="EinsumException">The function changes shape or element type (EIN0513).</exception>
    public static TensorExpr AssociativeScan(Func<TensorExpr, TensorExpr, TensorExpr> function, TensorExpr xs, int axis = 0, bool reverse = false, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(function);
        return AssociativeScan((left, right) => [function(left[0], right[0])], [xs], axis, reverse, file, line)[0];
    }

    /// <summary>As the other, for a function of tuples, such as the pairs (a, b) of x -> a x + b; their sizes along the axis are equal.</summary>
    /// <exception cref="EinsumException">The sizes differ (EIN0509), there are no xs (EIN0514), or the function changes a shape or element type (EIN0513).</exception>
    public static TensorExpr[] AssociativeScan(Func<TensorExpr[], TensorExpr[], TensorExpr[]> function, TensorExpr[] xs, int axis = 0, bool reverse = false, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(function);
        using var depth = TraceDepth.Enter(SourceLine.Of(file, line));
        xs = Given.Values(xs, "AssociativeScan", "xs");
        int[] places = [.. xs.Select(value => AxisNumbers.Normalise("AssociativeScan", axis, value.Shape.Rank))];
        TensorExpr[] values = [.. xs.Zip(places, (value, place) => value.MoveAxis(place, 0))];
        if (LeadingSize("AssociativeScan", values, null) is null) throw FunctionErrors.NoLength("AssociativeScan");
        if (xs.Length == 1 && PrefixOperation.Of(function, values[0].Type) is { } operation) return [PrefixOperation.Run(operation, values[0], reverse).MoveAxis(0, places[0])];
        if (reverse) values = Flip(values);
        values = Prefixes(function, values);
        return [.. (reverse ? Flip(values) : values).Zip(places, (value, place) => value.MoveAxis(0, place))];
    }

    static TensorExpr[] Flip(TensorExpr[] values) => [.. values.Select(value => value.Shape[0] < 2 ? value
        : MapAxes(at => [value.At(at[0])], [Arange(value.Shape[0]) * -1L + (value.Shape[0] - 1)], 0, 0, null)[0])];

    static TensorExpr[] Prefixes(Func<TensorExpr[], TensorExpr[], TensorExpr[]> function, TensorExpr[] values)
    {
        var count = values[0].Shape[0];
        if (count < 2) return values;
        var pairs = count / 2;
        var sums = Prefixes(function, Combine(Parts(values, 0, 2 * pairs, 2), Parts(values, 1, 2 * pairs, 2)));
        var middles = (count + 1) / 2 - 1;
        var even = Parts(values, 0, 1);
        if (middles > 0) even = Joined(even, Combine(Parts(sums, 0, middles), Parts(values, 2, count, 2)));
        // Even places and odd places alternate; the last even one has no partner where the count is odd.
        TensorExpr[] woven = [.. Parts(even, 0, pairs).Zip(sums, (left, right) => Stack([left, right], 1).Reshape([2 * pairs, .. left.Type.Inner.Shape]))];
        return count % 2 == 0 ? woven : Joined(woven, Parts(even, pairs, pairs + 1));

        TensorExpr[] Combine(TensorExpr[] left, TensorExpr[] right) => Carry("AssociativeScan", left, function(left, right));
    }

    static TensorExpr[] Parts(TensorExpr[] values, long start, long limit, long step = 1) => [.. values.Select(value => value.Slice(0, start, limit, step))];

    static TensorExpr[] Joined(TensorExpr[] first, TensorExpr[] last) => [.. first.Zip(last, (left, right) => Concat([left, right], 0))];
}
