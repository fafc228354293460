using System.Collections.Immutable;
using System.Runtime.CompilerServices;

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
        Func<TensorExpr, TensorExpr, (TensorExpr Carry, TensorExpr Result)> body, TensorExpr initial, TensorExpr xs, long? length = null, bool reverse = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        var (carry, ys) = Scan(
            (carries, slices) => body(carries[0], slices[0]) is var (next, result) ? ([next], [result]) : default, [initial], [xs], length, reverse, file, line);
        return new ScanResult(carry[0], ys[0]);
    }

    /// <summary>As the other, where carry, xs and ys are any number of tensors each; without xs the length says how often.</summary>
    /// <exception cref="EinsumException">There is neither xs nor a length (EIN0514), sizes differ (EIN0509), or the body changes a carry's type (EIN0513).</exception>
    public static (TensorExpr[] Carry, TensorExpr[] Results) Scan(
        Func<TensorExpr[], TensorExpr[], (TensorExpr[] Carry, TensorExpr[] Results)> body, TensorExpr[] initial, TensorExpr[] xs, long? length = null, bool reverse = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        using var depth = TraceDepth.Enter(SourceLine.Of(file, line));
        (initial, xs) = (Given.Values(initial, "Scan", "carry"), Given.Values(xs, "Scan", "xs"));
        var count = LeadingSize("Scan", xs, length) ?? throw FunctionErrors.NoLength("Scan");
        var carries = initial.Length;
        var graph = Graph.Trace(
            all => body(all[..carries], all[carries..]) is var (next, results) ? [.. Carry("Scan", initial, next), .. Given.Values(results, "the body of Scan", "y")] : [],
            [.. initial.Select(value => value.Type), .. xs.Select(value => value.Type.Inner)]);
        var closure = Closure.Of(graph, carries);
        var op = new ScanOp(closure.Body, carries, closure.Captures.Length, count, reverse);
        var made = Results(TensorExpr.Make(op, [.. initial.Select(Graph.Settle), .. closure.Captures, .. xs]));
        return (made[..carries], made[carries..]);
    }

    /// <summary>Runs <c>value = body(i, value)</c> for i from <paramref name="lower"/> and before <paramref name="upper"/>; i is a long.</summary>
    /// <exception cref="EinsumException">The body changes the value's shape or element type (EIN0513).</exception>
    public static TensorExpr ForiLoop(
        long lower, long upper, Func<TensorExpr, TensorExpr, TensorExpr> body, TensorExpr initial, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        return ForiLoop(lower, upper, (i, values) => [body(i, values[0])], [initial], file, line)[0];
    }

    /// <summary>As the other, for any number of values.</summary>
    /// <exception cref="EinsumException">The body changes a value's shape or element type (EIN0513), or gives another number of values (EIN0517).</exception>
    public static TensorExpr[] ForiLoop(
        long lower, long upper, Func<TensorExpr, TensorExpr[], TensorExpr[]> body, TensorExpr[] initial, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        using var depth = TraceDepth.Enter(SourceLine.Of(file, line));
        initial = Given.Values(initial, "ForiLoop", "carry");
        // The difference of two longs may be no long.
        var count = Int128.Max(0, (Int128)upper - lower);
        if (count > long.MaxValue) throw FunctionErrors.OutOfRange("ForiLoop", nameof(upper), upper, $"at most {long.MaxValue} above lower");
        var numbers = TensorExpr.Make(new IotaOp(lower, (long)count), []);
        return Scan((values, slices) => (Carry("ForiLoop", initial, body(slices[0], values)), []), initial, [numbers], file: file, line: line).Carry;
    }

    /// <summary>As the others, with bounds that are not known while tracing: scalars of int or long. It is a <see cref="While(Func{TensorExpr, TensorExpr}, Func{TensorExpr, TensorExpr}, TensorExpr, string, int)"/>.</summary>
    /// <exception cref="EinsumException">A bound is not one int or long (EIN0527), or the body changes the value's shape or element type (EIN0513).</exception>
    public static TensorExpr ForiLoop(
        TensorExpr lower, TensorExpr upper, Func<TensorExpr, TensorExpr, TensorExpr> body, TensorExpr initial, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        return ForiLoop(lower, upper, (i, values) => [body(i, values[0])], [initial], file, line)[0];
    }

    /// <summary>As the other, for any number of values.</summary>
    /// <exception cref="EinsumException">
    /// A bound is not one int or long (EIN0527), the body changes a value's shape or element type (EIN0513), or gives another number of values (EIN0517).
    /// </exception>
    public static TensorExpr[] ForiLoop(
        TensorExpr lower, TensorExpr upper, Func<TensorExpr, TensorExpr[], TensorExpr[]> body, TensorExpr[] initial, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        using var depth = TraceDepth.Enter(SourceLine.Of(file, line));
        initial = Given.Values(initial, "ForiLoop", "carry");
        var (first, end) = (Bound(nameof(lower), lower), Bound(nameof(upper), upper));
        return While(state => state[0] < end, state => [state[0] + 1, .. Carry("ForiLoop", initial, body(state[0], state[1..]))], [first, .. initial], file, line)[1..];
    }

    static TensorExpr Bound(string name, TensorExpr? bound)
    {
        if (bound is null) throw FunctionErrors.Missing($"{name} of ForiLoop");
        if (bound.Element is not (ElementType.Int or ElementType.Long) || bound.Shape.Rank > 0) throw FunctionErrors.Bound(name, bound.Type.ToString());
        return bound.ConvertTo(ElementType.Long);
    }

    /// <summary>Runs <c>value = body(value)</c> while the condition, one bool, holds.</summary>
    /// <exception cref="EinsumException">The condition is not one bool (EIN0520), or the body changes the value's type (EIN0513).</exception>
    public static TensorExpr While(
        Func<TensorExpr, TensorExpr> condition, Func<TensorExpr, TensorExpr> body, TensorExpr initial, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(body);
        return While(values => condition(values[0]), values => [body(values[0])], [initial], file, line)[0];
    }

    /// <summary>As the other, for any number of values.</summary>
    /// <exception cref="EinsumException">The condition is not one bool (EIN0520), or the body changes a value's type (EIN0513).</exception>
    public static TensorExpr[] While(
        Func<TensorExpr[], TensorExpr> condition, Func<TensorExpr[], TensorExpr[]> body, TensorExpr[] initial, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(body);
        using var depth = TraceDepth.Enter(SourceLine.Of(file, line));
        initial = Given.Values(initial, "While", "carry");
        var types = initial.Select(value => value.Type).ToArray();
        var test = Graph.Trace(values => [condition(values) ?? throw FunctionErrors.Missing("the condition of While")], types);
        if (test.Results[0].Type != new TensorType(ElementType.Bool, [])) throw FunctionErrors.Condition(test.Results[0].Type.ToString());
        var step = Graph.Trace(values => Carry("While", initial, body(values)), types);
        var (first, second) = (Closure.Of(test, initial.Length), Closure.Of(step, initial.Length));
        var op = new WhileOp(first.Body, second.Body, initial.Length, first.Captures.Length);
        return Results(TensorExpr.Make(op, [.. initial.Select(Graph.Settle), .. first.Captures, .. second.Captures]));
    }

    static TensorExpr[] Carry(string name, TensorExpr[] before, TensorExpr[] after)
    {
        after = Given.Values(after, $"the body of {name}", "carry");
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
