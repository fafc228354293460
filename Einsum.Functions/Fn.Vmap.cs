using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace EinsumNet.Functions;

/// <content>Vmap, and dot products as nests of it.</content>
public static partial class Fn
{
    /// <summary>The inner product of two vectors, <c>i,i-></c>: what every pairwise contraction is a nest of Vmap around.</summary>
    public static TensorFunction Dot { get; } = new("Fn.Dot", operands => operands is [var left, var right]
        ? [left.Shape.Rank == 1 && right.Shape.Rank == 1 ? left.Dot(right) : throw FunctionErrors.NotVectors("Fn.Dot", left.Shape, right.Shape)]
        : throw FunctionErrors.OperandCount("Fn.Dot", operands.Length, 2), new Dot());

    /// <summary>The nest of Vmap around Dot (or around a product, where nothing is contracted) of a pairwise equation.</summary>
    /// <exception cref="EinsumException">The equation has not two operands, or has an ellipsis or a repeated label (EIN0522).</exception>
    public static TensorFunction FromEquation(string equation)
    {
        ArgumentNullException.ThrowIfNull(equation);
        var term = NestEquation.Lower(equation);
        return new TensorFunction($"Fn.FromEquation({equation})", operands => [NestEquation.Apply(term, [.. operands])], term);
    }

    /// <summary>The equation of a nest of Vmap around Dot.</summary>
    /// <exception cref="EinsumException">The function is no such nest (EIN0518).</exception>
    public static string Raise(TensorFunction nest)
    {
        ArgumentNullException.ThrowIfNull(nest);
        return nest.Equation;
    }

    /// <summary>
    /// The function mapped over an axis of its operands, which it sees without that axis; the mapped axis becomes an axis of each result.
    /// </summary>
    /// <param name="function">The function of the parts.</param>
    /// <param name="inAxes">The mapped axis of each operand, or null for one that every part sees whole; 0 for all by default.</param>
    /// <param name="outAxes">Where the mapped axis stands in each result, or null for one that does not depend on it; 0 for all by default.</param>
    /// <param name="axisSize">How many parts; needed only where no operand is mapped.</param>
    /// <exception cref="EinsumException">When called: EIN0503 and EIN0509 to EIN0512.</exception>
    public static TensorFunction Vmap(TensorFunction function, Axes inAxes = default, Axes outAxes = default, long? axisSize = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new TensorFunction(
            $"vmap({function}, {inAxes}, {outAxes})", operands => MapAxes(inner => function.InvokeAll(inner), operands, inAxes, outAxes, axisSize),
            NestOf(function.Term, inAxes, outAxes), line: function.Line);
    }

    /// <inheritdoc cref="Vmap(TensorFunction, Axes, Axes, long?)"/>
    public static TensorFunction Vmap(
        Func<TensorExpr, TensorExpr> function, Axes inAxes = default, Axes outAxes = default, long? axisSize = null,
        [CallerArgumentExpression(nameof(function))] string text = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Vmap(Jit(function, text, file, line), inAxes, outAxes, axisSize);

    /// <inheritdoc cref="Vmap(TensorFunction, Axes, Axes, long?)"/>
    public static TensorFunction Vmap(
        Func<TensorExpr, TensorExpr, TensorExpr> function, Axes inAxes = default, Axes outAxes = default, long? axisSize = null,
        [CallerArgumentExpression(nameof(function))] string text = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Vmap(Jit(function, text, file, line), inAxes, outAxes, axisSize);

    /// <inheritdoc cref="Vmap(TensorFunction, Axes, Axes, long?)"/>
    public static TensorFunction Vmap(
        Func<TensorExpr, TensorExpr, TensorExpr, TensorExpr> function, Axes inAxes = default, Axes outAxes = default, long? axisSize = null,
        [CallerArgumentExpression(nameof(function))] string text = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Vmap(Jit(function, text, file, line), inAxes, outAxes, axisSize);

    /// <summary>The term of the mapped function, where the axes can be read off an equation: each names a place among the labels.</summary>
    static Term? NestOf(Term? body, Axes inAxes, Axes outAxes)
    {
        if (body is null) return null;
        var raised = NestEquation.Raise(body).Split("->");
        var ranks = raised[0].Split(',').Select(labels => labels.Length).ToList();
        if (inAxes.Count is { } count && count != ranks.Count || outAxes.Count is > 1) return null;
        ImmutableArray<int?> axes = [.. ranks.Select((rank, operand) => Place(inAxes[operand], rank))];
        var isLegal = axes.Zip(ranks).All(pair => pair.First is not { } axis || axis >= 0 && axis <= pair.Second) && axes.Any(axis => axis is not null);
        return isLegal && Place(outAxes[0], raised[1].Length) is { } place && place >= 0 && place <= raised[1].Length ? new Vmap(body, axes, place) : null;

        static int? Place(int? axis, int rank) => axis < 0 ? axis + rank + 1 : axis;
    }

    internal static TensorExpr[] MapAxes(Func<TensorExpr[], TensorExpr[]> function, TensorExpr[] operands, Axes inAxes, Axes outAxes, long? axisSize)
    {
        if (inAxes.Count is { } given && given != operands.Length) throw FunctionErrors.AxesCount("inAxes", given, operands.Length);
        if (axisSize < 0) throw FunctionErrors.OutOfRange("Vmap", nameof(axisSize), axisSize.Value, "not negative");
        var sizes = new List<(string Text, long Size)>();
        var arguments = operands.Select((operand, i) =>
        {
            if (inAxes[i] is not { } axis) return new Batched(operand, false);
            var place = AxisNumbers.Normalise($"operand {i} of Vmap", axis, operand.Shape.Rank);
            sizes.Add(($"operand {i} has {operand.Shape[place]} on axis {place}", operand.Shape[place]));
            return new Batched(operand.MoveAxis(place, 0), true);
        }).ToImmutableArray();
        if (axisSize is { } asked) sizes.Add(($"axisSize is {asked}", asked));
        if (sizes.Count == 0) throw FunctionErrors.NothingMapped();
        if (sizes.Any(size => size.Size != sizes[0].Size)) throw FunctionErrors.MappedSizes("Vmap", sizes.Select(size => size.Text));

        var graph = Graph.Trace(function, arguments.Select(argument => argument.IsMapped ? argument.Value.Type.Inner : argument.Value.Type));
        var results = VmapTransform.Run(graph, arguments, sizes[0].Size);
        if (outAxes.Count is { } count && count != results.Length) throw FunctionErrors.AxesCount("outAxes", count, results.Length);
        return [.. results.Select((result, i) => Place(result, i, outAxes[i], sizes[0].Size))];
    }

    static TensorExpr Place(Batched result, int index, int? axis, long size)
    {
        if (axis is not { } place) return result.IsMapped ? throw FunctionErrors.OutAxisNull(index) : result.Value;
        var mapped = result.Mapped(size);
        return mapped.MoveAxis(0, AxisNumbers.Normalise($"result {index} of Vmap", place, mapped.Shape.Rank));
    }
}
