using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>An einsum equation over the operands, evaluated by the Einsum engine. Equation holds letters only, each axis of each operand labelled.</summary>
sealed record ContractOp(string Equation) : Op
{
    internal override string Text => $"einsum[{Equation}]";

    internal EinsumPlan Plan(IEnumerable<TensorType> types)
    {
        var list = types.ToArray();
        return EngineScope.Current.PlanFor(Equation, list[0].Element, [.. list.Select(type => type.Shape)]);
    }

    internal override ImmutableArray<TensorType> Infer(ImmutableArray<TensorExpr> inputs)
    {
        foreach (var input in inputs)
            if (input.Element != inputs[0].Element) throw FunctionErrors.ElementTypes("Einsum", $"{inputs[0].Element.Name()} and {input.Element.Name()}", "operands of one element type");
        var bound = Plan(inputs.Select(input => input.Type)).Program.Bound;
        return [inputs[0].Type with { Shape = bound.OutputShape }];
    }

    internal override ImmutableArray<Batched> Batch(ImmutableArray<Batched> inputs, long size)
    {
        // A mapped axis is one more label: in front of the mapped operands and of the result.
        var equation = EinsumNet.Equation.Parse(Equation);
        var label = FreeLabel(Equation);
        var terms = equation.Inputs.Zip(inputs, (term, input) => WithLabel(term, input.IsMapped ? label : ""));
        return Batched.One(TensorExpr.Make(new ContractOp($"{string.Join(",", terms)}->{WithLabel(equation.Output, label)}"), [.. inputs.Select(input => input.Value)]));
    }

    static string WithLabel(Subscripts term, string label)
    {
        var text = label + string.Concat(term.Labels.Select(each => each.Name));
        return term.IsConjugated ? $"conj({text})" : text;
    }

    static string FreeLabel(string equation)
    {
        for (var letter = 'a'; ; letter++)
            if (char.IsLetter(letter) && !equation.Contains(letter)) return letter.ToString();
    }

    internal override ImmutableArray<Dense> Evaluate(ImmutableArray<Dense> inputs) => [Elements.Visit(inputs[0].Element, new Run(Equation, inputs))];

    readonly struct Run(string equation, ImmutableArray<Dense> inputs) : IElementVisitor<Dense>
    {
        public Dense Visit<T>() where T : unmanaged
        {
            var operands = inputs.Select(input => new Operand<T>(input.As<T>(), input.Shape)).ToArray();
            var shape = EngineScope.Current.PlanFor(equation, inputs[0].Element, [.. inputs.Select(input => input.Shape)]).Program.Bound.OutputShape;
            var result = EngineScope.Current.Eval<T>(equation, operands);
            var data = new T[result.FlattenedLength];
            result.FlattenTo(data);
            return Dense.Of(shape, data);
        }
    }
}
