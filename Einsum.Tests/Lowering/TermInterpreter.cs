using System.Collections.Immutable;

namespace EinsumNet.Tests.Lowering;

/// <summary>What a nest of vmaps means, after JAX: slices in, results stacked.</summary>
static class TermInterpreter
{
    /// <summary>A dense row-major tensor of integers.</summary>
    internal sealed record Dense(ImmutableArray<long> Shape, long[] Elements)
    {
        internal long Inner(int axis) => Shape.Skip(axis + 1).Aggregate(1L, (product, size) => product * size);

        /// <summary>The tensor without the axis, at one index of it.</summary>
        internal Dense Slice(int axis, long index) => new(
            Shape.RemoveAt(axis), [.. Elements.Where((_, position) => position / Inner(axis) % Shape[axis] == index)]);
    }

    internal static Dense Run(Term term, ImmutableArray<Dense> operands) => term switch
    {
        Multiply => new Dense([], [operands.Aggregate(1L, (product, operand) => product * operand.Elements.Single())]),
        Dot => new Dense([], [operands[0].Elements.Zip(operands[1].Elements, (a, b) => a * b).Sum()]),
        Sum sum => SumLeading(Run(sum.Body, operands)),
        Vmap vmap => Map(vmap, operands),
        _ => throw new NotSupportedException(term.GetType().Name),
    };

    static Dense SumLeading(Dense value) => new(value.Shape.RemoveAt(0), [.. Enumerable.Range(0, (int)value.Inner(0)).Select(i =>
        value.Elements.Where((_, position) => position % value.Inner(0) == i).Sum())]);

    static Dense Map(Vmap vmap, ImmutableArray<Dense> operands)
    {
        var sizes = operands.Zip(vmap.InAxes, (operand, axis) => axis is { } at ? operand.Shape[at] : (long?)null).Append(vmap.AxisSize).OfType<long>().Distinct();
        var size = sizes.Single();
        var results = Enumerable.Range(0, (int)size).Select(index =>
            Run(vmap.Body, [.. operands.Zip(vmap.InAxes, (operand, axis) => axis is { } at ? operand.Slice(at, index) : operand)])).ToList();

        var stacked = new Dense(results[0].Shape.Insert(vmap.OutAxis, size), new long[size * results[0].Elements.Length]);
        var inner = stacked.Inner(vmap.OutAxis);
        foreach (var (index, result) in results.Index())
            for (var i = 0; i < result.Elements.Length; i++) stacked.Elements[(i / inner * size + index) * inner + i % inner] = result.Elements[i];
        return stacked;
    }
}
