using System.Numerics;

namespace EinsumNet;

/// <summary>
/// What an equation means: naive loops over every label, straight from the text's terms. Nothing here is fast; every kernel is tested against it.
/// </summary>
static class ReferenceEvaluator
{
    /// <summary>An operand: row-major elements and their shape.</summary>
    internal sealed record Array<T>(T[] Elements, long[] Shape);

    /// <summary>The sum over all labels that are not in the output of the product of the operands; <paramref name="sizes"/> as in EinsumOptions.Sizes.</summary>
    internal static Array<T> Eval<T>(Equation equation, IReadOnlyList<Array<T>> operands, IReadOnlyDictionary<string, long>? sizes = null, Func<T, T>? conjugate = null)
        where T : INumberBase<T>
    {
        var ellipsis = operands.Select((operand, i) => equation.Inputs[i].HasEllipsis ? operand.Shape.Length - equation.Inputs[i].Labels.Length : 0).Max();
        var inputs = operands.Select((operand, i) => Names(equation.Inputs[i], operand.Shape.Length - equation.Inputs[i].Labels.Length, ellipsis)).ToList();
        var output = Names(equation.Output, ellipsis, ellipsis);

        var extent = new Dictionary<string, long>(sizes ?? new Dictionary<string, long>());
        for (var i = 0; i < inputs.Count; i++)
            for (var axis = 0; axis < inputs[i].Count; axis++)
                if (extent.GetValueOrDefault(inputs[i][axis], 1) == 1) extent[inputs[i][axis]] = operands[i].Shape[axis];

        var labels = inputs.SelectMany(names => names).Concat(output).Distinct().ToList();
        var shape = output.Select(name => extent[name]).ToArray();
        var result = new T[shape.Aggregate(1L, (product, size) => product * size)];
        System.Array.Fill(result, T.Zero);
        var index = labels.ToDictionary(name => name, _ => 0L);
        Loop(0);
        return new Array<T>(result, shape);

        void Loop(int depth)
        {
            if (depth < labels.Count)
            {
                for (index[labels[depth]] = 0; index[labels[depth]] < extent[labels[depth]]; index[labels[depth]]++) Loop(depth + 1);
                return;
            }
            var product = T.One;
            for (var i = 0; i < operands.Count; i++)
            {
                var element = operands[i].Elements[Position(inputs[i], operands[i].Shape)];
                product *= equation.Inputs[i].IsConjugated && conjugate is not null ? conjugate(element) : element;
            }
            result[Position(output, shape)] += product;
        }

        // An axis of size 1 is broadcast: it stays at 0 whatever its label's index.
        long Position(List<string> names, long[] shape)
        {
            var position = 0L;
            for (var axis = 0; axis < names.Count; axis++) position = position * shape[axis] + (shape[axis] == 1 ? 0 : index[names[axis]]);
            return position;
        }
    }

    /// <summary>The label of each axis; those of the ellipsis are numbered from the left of the widest one.</summary>
    static List<string> Names(Subscripts term, int covered, int ellipsis)
    {
        var names = term.Labels.Select(label => label.Name).ToList();
        if (term.HasEllipsis) names.InsertRange(term.EllipsisPosition, Enumerable.Range(ellipsis - covered, covered).Select(i => $"...{i}"));
        return names;
    }
}
