using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// Equations and nests of vmaps, each from the other.
/// <code>ij,jk->ik   ---   vmap(vmap(dot, (0, null), 0), (null, 1), 1)</code>
/// </summary>
static class NestEquation
{
    /// <summary>The equation of a nest, its labels named from i in the order of appearance.</summary>
    internal static string Raise(Term term) => Rename(RaiseTerm.Run(term).Text);

    /// <summary>The labels of an equation of letters, renamed from i in the order of appearance.</summary>
    internal static string Rename(string equation)
    {
        var names = equation.Where(char.IsLetter).Distinct().Zip(Letters.All()).ToDictionary();
        return string.Concat(equation.Select(character => names.GetValueOrDefault(character, character)));
    }

    internal static Term Lower(string text)
    {
        var equation = Equation.Parse(text);
        var terms = equation.Inputs.Add(equation.Output);
        if (equation.Inputs.Length != 2 || terms.Any(term => term.HasEllipsis || term.IsConjugated || term.Labels.Distinct().Count() != term.Labels.Length)) throw FunctionErrors.NotRaised(text);
        // The sizes do not matter, but labels of size 1 would be dropped.
        var bound = Binder.Bind(equation, [.. equation.Inputs.Select(term => Shape.Create([.. term.Labels.Select(_ => 2L)]))], EngineScope.Current.Options.Rules);
        var program = FollowPath.Run(bound, ContractionPath.Single(2));
        return LowerToVmap.Run(program, program.Steps[0]);
    }

    /// <summary>The function that a nest is.</summary>
    internal static TensorExpr Apply(Term term, ImmutableArray<TensorExpr> operands) => term switch
    {
        Multiply => TensorExpr.Make(new ContractOp(string.Join(",", operands.Select(_ => "")) + "->"), operands),
        Dot => Fn.Einsum("i,i->", operands.AsSpan()),
        Sum sum => Apply(sum.Body, operands).Sum(0),
        Vmap vmap => Fn.MapAxes(inner => [Apply(vmap.Body, [.. inner])], [.. operands], Axes.Create(vmap.InAxes.AsSpan()), vmap.OutAxis, vmap.AxisSize)[0],
        _ => throw new InvalidOperationException($"No rule applies {term.GetType().Name}."),
    };
}
