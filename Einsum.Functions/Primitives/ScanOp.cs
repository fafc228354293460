using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// A loop: Body takes the carries, the captured values and one slice of each xs, and gives the carries and one slice of each ys. Inputs are the
/// first carries, the captured values and the xs; results the last carries and the ys.
/// </summary>
sealed record ScanOp(Graph Body, int Carries, int Captures, long Length, bool Reverse) : Op
{
    internal override string Text => $"scan[{Length}{(Reverse ? ", reverse" : "")}]";

    internal override bool HasItems => true;

    internal override ImmutableArray<TensorType> Infer(ImmutableArray<TensorExpr> inputs) =>
        [.. inputs.Take(Carries).Select(carry => carry.Type), .. Body.Results.Skip(Carries).Select(result => result.Type.Outer(Length))];

    internal override ImmutableArray<Batched> Batch(ImmutableArray<Batched> inputs, long size)
    {
        // A carry that the mapped axis reaches in one iteration has it in all; each round finds at least one more, or none.
        var mapped = inputs.Select(input => input.IsMapped).ToArray();
        ImmutableArray<TensorExpr> parameters;
        ImmutableArray<Batched> results;
        while (true)
        {
            parameters = [.. Body.Parameters.Select((parameter, i) => Graph.Parameter(mapped[i] ? parameter.Type.Outer(size) : parameter.Type))];
            results = VmapTransform.Run(Body, [.. parameters.Select((parameter, i) => new Batched(parameter, mapped[i]))], size);
            var grown = Enumerable.Range(0, Carries).Where(carry => results[carry].IsMapped && !mapped[carry]).ToList();
            if (grown.Count == 0) break;
            foreach (var carry in grown) mapped[carry] = true;
        }
        var body = new Graph(parameters, [.. results.Select((result, i) => i < Carries && mapped[i] ? result.Mapped(size) : result.Value)]);
        // The loop runs over the leading axis of xs and ys, so there the mapped axis comes second.
        var values = inputs.Select((input, i) => !mapped[i] ? input.Value : i < Carries + Captures ? input.Mapped(size) : input.Value.MoveAxis(0, 1));
        var made = TensorExpr.Make(this with { Body = body }, [.. values]).Items();
        return [.. made.Select((value, i) => i < Carries ? new Batched(value, mapped[i])
            : results[i].IsMapped ? new Batched(value.MoveAxis(1, 0), true) : new Batched(value, false))];
    }

    internal override ImmutableArray<Dense> Evaluate(ImmutableArray<Dense> inputs)
    {
        var carries = inputs[..Carries];
        var rows = Body.Results[Carries..].Select(result => Array.CreateInstance(result.Element.ToType(), result.Type.Outer(Length).Count)).ToArray();
        for (var step = 0L; step < Length; step++)
        {
            var at = Reverse ? Length - 1 - step : step;
            var results = Interpreter.Run(Body, [.. carries, .. inputs.Skip(Carries).Take(Captures), .. inputs.Skip(Carries + Captures).Select(xs => Row(xs, at))]);
            carries = results[..Carries];
            foreach (var (ys, row) in rows.Zip(results[Carries..])) Array.Copy(row.Data, 0, ys, at * row.Data.Length, row.Data.Length);
        }
        return [.. carries, .. rows.Select((ys, i) => new Dense(Body.Results[Carries + i].Element, Body.Results[Carries + i].Type.Outer(Length).Shape, ys))];
    }

    static Dense Row(Dense xs, long at)
    {
        var shape = xs.Type.Inner.Shape;
        var count = shape.ElementCount!.Value;
        var data = Array.CreateInstance(xs.Element.ToType(), count);
        Array.Copy(xs.Data, at * count, data, 0, count);
        return new Dense(xs.Element, shape, data);
    }
}
