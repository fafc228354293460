using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <content>Loops, after JAX's lax.</content>
public static partial class Fn
{
    /// <summary>
    /// Runs <c>(carry, y) = body(carry, x)</c> over the leading axis of <paramref name="xs"/>: the last carry, and the ys stacked. The carry keeps
    /// shape and element type; no elements give the first carry and empty ys; in reverse, xs are read and ys placed from the end.
    /// </summary>
    /// <exception cref="EinsumException">The body changes the carry's type (EIN0513), or the length is not that of xs (EIN0509).</exception>
    public static ScanResult Scan(
        Func<TensorExpr, TensorExpr, (TensorExpr Carry, TensorExpr Result)> body, TensorExpr initial, TensorExpr xs, long? length = null, bool reverse = false)
    {
        ArgumentNullException.ThrowIfNull(body);
        var (carry, ys) = Scan(
            (carries, slices) => body(carries[0], slices[0]) is var (next, result) ? ([next], [result]) : default, [initial], [xs], length, reverse);
        return new ScanResult(carry[0], ys[0]);
    }

    /// <summary>As the other, where carry, xs and ys are any number of tensors each; without xs the length says how often.</summary>
    /// <exception cref="EinsumException">There is neither xs nor a length (EIN0514), sizes differ (EIN0509), or the body changes a carry's type (EIN0513).</exception>
    public static (TensorExpr[] Carry, TensorExpr[] Results) Scan(
        Func<TensorExpr[], TensorExpr[], (TensorExpr[] Carry, TensorExpr[] Results)> body, TensorExpr[] initial, TensorExpr[] xs, long? length = null, bool reverse = false)
    {
        ArgumentNullException.ThrowIfNull(body);
        var count = LeadingSize("Scan", xs, length) ?? throw FunctionErrors.NoLength();
        var carries = initial.Length;
        var graph = Graph.Trace(
            all => body(all[..carries], all[carries..]) is var (next, results) ? [.. Carry("Scan", initial, next), .. results] : [],
            [.. initial.Select(value => value.Type), .. xs.Select(value => value.Type.Inner)]);
        var closure = Closure.Of(graph, carries);
        var op = new ScanOp(closure.Body, carries, closure.Captures.Length, count, reverse);
        var made = Results(TensorExpr.Make(op, [.. initial.Select(Graph.Settle), .. closure.Captures, .. xs]));
        return (made[..carries], made[carries..]);
    }

    /// <summary>Runs <c>value = body(i, value)</c> for i from <paramref name="lower"/> and before <paramref name="upper"/>; i is a long.</summary>
    /// <exception cref="EinsumException">The body changes the value's shape or element type (EIN0513).</exception>
    public static TensorExpr ForiLoop(long lower, long upper, Func<TensorExpr, TensorExpr, TensorExpr> body, TensorExpr initial)
    {
        ArgumentNullException.ThrowIfNull(body);
        var numbers = TensorExpr.Make(new IotaOp(lower, Math.Max(0, upper - lower)), []);
        return Loop("ForiLoop", (values, slices) => [body(slices[0], values[0])], [initial], numbers)[0];
    }

    static TensorExpr[] Loop(string name, Func<TensorExpr[], TensorExpr[], TensorExpr[]> body, TensorExpr[] initial, TensorExpr xs) =>
        Scan((values, slices) => (Carry(name, initial, body(values, slices)), []), initial, [xs]).Carry;

    /// <summary>Runs <c>value = body(value)</c> while the condition, one bool, holds.</summary>
    /// <exception cref="EinsumException">The condition is not one bool (EIN0520), or the body changes the value's type (EIN0513).</exception>
    public static TensorExpr While(Func<TensorExpr, TensorExpr> condition, Func<TensorExpr, TensorExpr> body, TensorExpr initial) =>
        While(values => condition(values[0]), values => [body(values[0])], [initial])[0];

    /// <summary>As the other, for any number of values.</summary>
    /// <exception cref="EinsumException">The condition is not one bool (EIN0520), or the body changes a value's type (EIN0513).</exception>
    public static TensorExpr[] While(Func<TensorExpr[], TensorExpr> condition, Func<TensorExpr[], TensorExpr[]> body, TensorExpr[] initial)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(body);
        var types = initial.Select(value => value.Type).ToArray();
        var test = Graph.Trace(values => [condition(values)], types);
        if (test.Results[0].Type != new TensorType(ElementType.Bool, [])) throw FunctionErrors.Condition(test.Results[0].Type.ToString());
        var step = Graph.Trace(values => Carry("While", initial, body(values)), types);
        var (first, second) = (Closure.Of(test, initial.Length), Closure.Of(step, initial.Length));
        var op = new WhileOp(first.Body, second.Body, initial.Length, first.Captures.Length);
        return Results(TensorExpr.Make(op, [.. initial.Select(Graph.Settle), .. first.Captures, .. second.Captures]));
    }

    /// <summary>
    /// The function of each part along the leading axis, one after the other; with a batch size, so many at a time as a Vmap, and the rest as a
    /// batch of their own.
    /// </summary>
    /// <exception cref="EinsumException">The batch size is not positive (EIN0515).</exception>
    public static TensorExpr Map(Func<TensorExpr, TensorExpr> function, TensorExpr xs, long? batchSize = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var count = LeadingSize("Map", [xs], null)!.Value;
        if (batchSize is not { } size) return Each(function, xs);
        if (size < 1) throw FunctionErrors.OutOfRange("Map", nameof(batchSize), size, "at least 1");
        var mapped = Vmap(function);
        var (batches, whole) = (count / size, count / size * size);
        var head = Each(batch => mapped.Invoke(batch), xs.Slice(0, 0, whole).Reshape([batches, size, .. xs.Type.Inner.Shape]));
        head = head.Reshape([whole, .. head.Shape.Skip(2)]);
        return whole == count ? head : Concat([head, mapped.Invoke(xs.Slice(0, whole, count))], 0);
    }

    static TensorExpr Each(Func<TensorExpr, TensorExpr> function, TensorExpr xs) => Scan((_, slices) => ([], [function(slices[0])]), [], [xs]).Results[0];

    /// <summary>
    /// All prefixes of an associative function along an axis, in log(n) parallel steps (Blelloch 1990, as JAX's associative_scan): result k
    /// combines elements 0 to k. The function combines two slices of equal shape, element by element.
    /// </summary>
    /// <exception cref="EinsumException">The function changes shape or element type (EIN0513).</exception>
    public static TensorExpr AssociativeScan(Func<TensorExpr, TensorExpr, TensorExpr> function, TensorExpr xs, int axis = 0, bool reverse = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        var place = AxisNumbers.Normalise("AssociativeScan", axis, xs.Shape.Rank);
        var values = xs.MoveAxis(place, 0);
        if (reverse) values = Flip(values);
        values = Prefixes(function, values);
        return (reverse ? Flip(values) : values).MoveAxis(0, place);
    }

    static TensorExpr Flip(TensorExpr values) => values.Shape[0] < 2 ? values : Concat([.. Enumerable.Range(1, (int)values.Shape[0]).Select(i => values.Slice(0, values.Shape[0] - i, values.Shape[0] - i + 1))], 0);

    static TensorExpr Prefixes(Func<TensorExpr, TensorExpr, TensorExpr> function, TensorExpr values)
    {
        var count = values.Shape[0];
        if (count < 2) return values;
        var pairs = count / 2;
        var sums = Prefixes(function, Combine(values.Slice(0, 0, 2 * pairs, 2), values.Slice(0, 1, 2 * pairs, 2)));
        var middles = (count + 1) / 2 - 1;
        var first = values.Slice(0, 0, 1);
        var even = middles == 0 ? first : Concat([first, Combine(sums.Slice(0, 0, middles), values.Slice(0, 2, count, 2))], 0);
        // Even places and odd places alternate; the last even one has no partner where the count is odd.
        var woven = Stack([even.Slice(0, 0, pairs), sums], 1).Reshape([2 * pairs, .. values.Type.Inner.Shape]);
        return count % 2 == 0 ? woven : Concat([woven, even.Slice(0, pairs, pairs + 1)], 0);

        TensorExpr Combine(TensorExpr left, TensorExpr right) => Carry("AssociativeScan", [left], [function(left, right)])[0];
    }

    static TensorExpr[] Carry(string name, TensorExpr[] before, TensorExpr[] after)
    {
        if (before.Length != after.Length) throw FunctionErrors.ResultCount(name, after.Length, before.Length);
        return [.. after.Select((value, i) =>
        {
            if (value.IsWeak) value = value.Adopt(name, before[i].Element);
            if (value.Type != before[i].Type) throw FunctionErrors.Carry(name, i, before[i].Type.ToString(), value.Type.ToString());
            return value;
        })];
    }

    static TensorExpr[] Results(TensorExpr made) => made.Types.Length switch
    {
        0 => [],
        _ => [.. made.Items()],
    };

    static long? LeadingSize(string name, TensorExpr[] xs, long? length)
    {
        if (length < 0) throw FunctionErrors.OutOfRange(name, nameof(length), length.Value, "not negative");
        foreach (var value in xs)
            if (value.Shape.Rank == 0) throw FunctionErrors.AxisRange($"xs of {name}", 0, 0);
        var sizes = xs.Select((value, i) => (Text: $"xs {i} has {value.Shape[0]}", Size: value.Shape[0])).ToList();
        if (length is { } given) sizes.Add(($"length is {given}", given));
        if (sizes.Select(size => size.Size).Distinct().Count() > 1) throw FunctionErrors.MappedSizes(name, sizes.Select(size => size.Text));
        return sizes.Count == 0 ? null : sizes[0].Size;
    }
}
