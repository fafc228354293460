using System.Collections.Immutable;
using System.Reflection;

namespace EinsumNet.Functions;

/// <summary>One function of the elements in the same place of operands of one shape.</summary>
sealed record ElementwiseOp(ElementFunction Function) : Op
{
    internal override string Text => Function.Text();

    internal override ImmutableArray<TensorType> Infer(ImmutableArray<TensorExpr> inputs)
    {
        var name = Function.ToString();
        var values = Function == ElementFunction.Select ? inputs[1..] : inputs;
        if (Function == ElementFunction.Select && inputs[0].Element != ElementType.Bool)
            throw FunctionErrors.ElementTypes("Where", inputs[0].Element.Name(), "a condition of bool");
        var element = values[0].Element;
        foreach (var value in values)
            if (value.Element != element) throw FunctionErrors.ElementTypes(name, $"{element.Name()} and {value.Element.Name()}", "operands of one element type");
        if (element == ElementType.Complex && !Function.TakesComplex()) throw FunctionErrors.ElementTypes(name, "Complex", "real numbers");
        if (Function.IsReal() && element is not (ElementType.Float or ElementType.Double or ElementType.Half or ElementType.Complex))
            throw FunctionErrors.ElementTypes(name, element.Name(), Function.TakesComplex() ? "float, double, Half or Complex" : "float, double or Half");
        if (Function.IsLogic() && element != ElementType.Bool) throw FunctionErrors.ElementTypes(name, element.Name(), "bool");
        if (element == ElementType.Bool && !TakesBool) throw FunctionErrors.ElementTypes(name, "bool", "numbers");
        return [new TensorType(Function.IsComparison() ? ElementType.Bool : Function == ElementFunction.Abs && element == ElementType.Complex ? ElementType.Double : element, values[0].Shape)];
    }

    bool TakesBool => Function.IsLogic() || Function is ElementFunction.Select or ElementFunction.Equal or ElementFunction.NotEqual;

    internal override ImmutableArray<Batched> Batch(ImmutableArray<Batched> inputs, long size) =>
        Batched.One(TensorExpr.Make(this, [.. inputs.Select(input => input.Mapped(size))]));

    internal override ImmutableArray<Dense> Evaluate(ImmutableArray<Dense> inputs)
    {
        var element = inputs[^1].Element;
        return [Elements.Visit(element, new Map(Scalars.Method(Function, element), inputs))];
    }

    readonly struct Map(MethodInfo method, ImmutableArray<Dense> inputs) : IElementVisitor<Dense>
    {
        public Dense Visit<T>() where T : unmanaged =>
            method.ReturnType == typeof(T) ? Apply<T, T>() : method.ReturnType == typeof(bool) ? Apply<T, bool>() : Apply<T, double>();

        Dense Apply<T, TResult>() where T : unmanaged where TResult : unmanaged
        {
            var result = new TResult[inputs[^1].Data.Length];
            switch (inputs.Length)
            {
                case 1:
                    var (unary, operand) = (method.CreateDelegate<Func<T, TResult>>(), inputs[0].As<T>());
                    for (var i = 0; i < result.Length; i++) result[i] = unary(operand[i]);
                    break;
                case 2:
                    var (binary, left, right) = (method.CreateDelegate<Func<T, T, TResult>>(), inputs[0].As<T>(), inputs[1].As<T>());
                    for (var i = 0; i < result.Length; i++) result[i] = binary(left[i], right[i]);
                    break;
                default:
                    var (select, conditions) = (method.CreateDelegate<Func<bool, T, T, TResult>>(), inputs[0].As<bool>());
                    var (yes, no) = (inputs[1].As<T>(), inputs[2].As<T>());
                    for (var i = 0; i < result.Length; i++) result[i] = select(conditions[i], yes[i], no[i]);
                    break;
            }
            return Dense.Of(inputs[^1].Shape, result);
        }
    }
}
