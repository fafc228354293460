using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>Transformations of functions of tensors, after JAX, and the functions that are not members of <see cref="TensorExpr"/>.</summary>
public static partial class Fn
{
    /// <summary>A tensor that is known while tracing.</summary>
    public static TensorExpr Constant<T>(Operand<T> value) where T : unmanaged => TensorExpr.Constant(OperandReader.ToDense(value));

    /// <summary>A number as a scalar of exactly this type, where a plain C# number takes the type of what it meets.</summary>
    public static TensorExpr Scalar<T>(T value) where T : unmanaged => Constant<T>(value);

    /// <summary>The longs 0, 1, ... before <paramref name="size"/>.</summary>
    public static TensorExpr Arange(long size) =>
        size < 0 ? throw FunctionErrors.OutOfRange("Arange", nameof(size), size, "not negative") : TensorExpr.Make(new IotaOp(0, size), []);

    /// <summary>Elements of <paramref name="yes"/> where the condition is true and of <paramref name="no"/> elsewhere; all three broadcast.</summary>
    public static TensorExpr Where(TensorExpr condition, TensorExpr yes, TensorExpr no) => TensorExpr.Elementwise(ElementFunction.Select, condition, yes, no);

    /// <summary>The lesser of each two elements.</summary>
    public static TensorExpr Min(TensorExpr left, TensorExpr right) => TensorExpr.Elementwise(ElementFunction.Min, left, right);

    /// <summary>The greater of each two elements.</summary>
    public static TensorExpr Max(TensorExpr left, TensorExpr right) => TensorExpr.Elementwise(ElementFunction.Max, left, right);

    /// <summary>The parts one after the other along an axis.</summary>
    public static TensorExpr Concat(ReadOnlySpan<TensorExpr> parts, int axis)
    {
        if (parts.Length == 0) throw FunctionErrors.Concat("Concat", []);
        var inputs = Given.Operands("Concat", [.. parts]);
        return TensorExpr.Make(new ConcatOp(AxisNumbers.Normalise("Concat", axis, inputs[0].Shape.Rank)), inputs);
    }

    /// <summary>Parts of one shape side by side along a new axis of the result.</summary>
    public static TensorExpr Stack(ReadOnlySpan<TensorExpr> parts, int axis = 0)
    {
        if (parts.Length == 0) throw FunctionErrors.Concat("Stack", []);
        _ = Given.Operands("Stack", [.. parts]);
        var place = AxisNumbers.Normalise("Stack", axis, parts[0].Shape.Rank + 1);
        var shape = parts[0].Shape;
        var grown = new TensorExpr[parts.Length];
        for (var i = 0; i < grown.Length; i++)
        {
            if (parts[i].Shape != shape) throw FunctionErrors.Concat("Stack", parts.ToArray().Select(part => part.Shape));
            grown[i] = parts[i].ExpandDims(place);
        }
        return Concat(grown, place);
    }

    /// <summary>An einsum equation over traced operands, in the whole language of <see cref="EinsumNet.Einsum"/>.</summary>
    /// <exception cref="EinsumException">The equation is not valid, or the operands do not fit it.</exception>
    public static TensorExpr Einsum(string equation, params ReadOnlySpan<TensorExpr> operands)
    {
        ArgumentNullException.ThrowIfNull(equation);
        var inputs = Given.Operands("Einsum", [.. operands]);
        Shape shape;
        try
        {
            // Bound as it was written, so that an error shows the user's own text.
            shape = new ContractOp(equation).Infer(inputs)[0].Shape;
        }
        catch (EinsumException error) when (error.Equation is not null)
        {
            throw FunctionErrors.InFunction(error);
        }
        var sides = LetterEquation.Of(EinsumNet.Equation.Parse(equation), [.. inputs.Select(input => input.Shape.Rank)]).Split("->");
        // A label that only the engine's options give a size repeats the result, whatever letter it has here.
        var given = sides[0].Replace("conj(", "", StringComparison.Ordinal);
        var places = Enumerable.Range(0, sides[1].Length).Where(place => given.Contains(sides[1][place])).ToList();
        if (places.Count == sides[1].Length || sides[1].Contains('(')) return TensorExpr.Make(new ContractOp($"{sides[0]}->{sides[1]}"), inputs);
        return TensorExpr.Make(new ContractOp($"{sides[0]}->{string.Concat(places.Select(place => sides[1][place]))}"), inputs).Apply(new BroadcastOp(shape, [.. places]));
    }
}
