using System.Collections.Frozen;

namespace EinsumNet.Tests.Conformance;

/// <summary>An equation with the shapes of its operands.</summary>
sealed record EquationCase(string Text, long[][] Shapes)
{
    /// <summary>Sizes of the output labels that no operand has.</summary>
    internal static readonly FrozenDictionary<string, long> GivenSizes = new Dictionary<string, long> { ["y"] = 3, ["u"] = 1 }.ToFrozenDictionary();

    internal Equation Equation { get; } = Equation.Parse(Text);

    internal int Operands => Shapes.Length;

    /// <summary>The shape of the result, <c>[]</c> for a scalar.</summary>
    internal long[] ResultShape => [.. Bound.OutputShape];

    /// <summary>How many products the naive loop sums for one element of the result.</summary>
    internal double ProductsPerElement =>
        Enumerable.Range(0, Bound.Labels.Length).Except(Bound.Output).Aggregate(1.0, (product, label) => product * Bound.Labels[label].Size);

    /// <summary>Whether no label is summed before operands are multiplied, so that nothing can be said otherwise than by the naive loop.</summary>
    internal bool HasNoLoneLabel => Operands == 1 || Operands == 2
        && Enumerable.Range(0, Bound.Labels.Length).Except(Bound.Output).All(label => Bound.Inputs.All(axes => axes.Contains(label)));

    BoundEquation Bound => field ??= Binder.Bind(Equation, [.. Shapes.Select(sizes => Shape.Create(sizes))], new BindingRules(false, true, GivenSizes));

    /// <summary><c>ij,jk [2, 3] [3, 4]</c></summary>
    public override string ToString() => $"{Text} {string.Join(' ', Shapes.Select(shape => $"[{string.Join(", ", shape)}]"))}";
}
