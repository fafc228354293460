using System.Numerics;

namespace EinsumNet.Tests.Conformance;

/// <summary>How values of an element type are drawn, and how a result is compared with what the equation means.</summary>
abstract class Numbers<T> where T : unmanaged
{
    internal abstract T Next(Random random);

    /// <summary>What is wrong with the row-major elements of a result, or null.</summary>
    internal abstract string? FindError(EquationCase source, IReadOnlyList<ReferenceEvaluator.Array<T>> operands, T[] actual);

    /// <summary>The first position at which a result is not what it should be.</summary>
    private protected static string? FirstWrong<TExpected>(T[] actual, TExpected[] expected, Func<int, bool> isRight)
    {
        var wrong = Array.FindIndex([.. Enumerable.Range(0, actual.Length)], i => !isRight(i));
        return wrong < 0 ? null : $"element {wrong} is {actual[wrong]}, not {expected[wrong]}";
    }
}

/// <summary>Integers wrap, in whatever order they are multiplied and summed.</summary>
sealed class IntegerNumbers<T> : Numbers<T> where T : unmanaged, INumberBase<T>
{
    internal override T Next(Random random) => T.CreateTruncating(random.NextInt64(long.MinValue, long.MaxValue));

    internal override string? FindError(EquationCase source, IReadOnlyList<ReferenceEvaluator.Array<T>> operands, T[] actual)
    {
        var expected = ReferenceEvaluator.Eval(source.Equation, operands, EquationCase.GivenSizes).Elements;
        return FirstWrong(actual, expected, i => actual[i] == expected[i]);
    }
}

/// <summary>"Or" of "and": whether any product of ones and zeros is one.</summary>
sealed class BoolNumbers : Numbers<bool>
{
    internal override bool Next(Random random) => random.Next(3) > 0;

    internal override string? FindError(EquationCase source, IReadOnlyList<ReferenceEvaluator.Array<bool>> operands, bool[] actual)
    {
        var counts = operands.Select(operand => operand.Map(value => value ? BigInteger.One : 0)).ToList();
        var expected = ReferenceEvaluator.Eval(source.Equation, counts, EquationCase.GivenSizes).Map(count => count > 0).Elements;
        return FirstWrong(actual, expected, i => actual[i] == expected[i]);
    }
}

/// <summary>Complex numbers: within some roundings of the sum of the magnitudes of the products.</summary>
sealed class ComplexNumbers : Numbers<Complex>
{
    const double Epsilon = 1.0 / (1L << 51);

    internal override Complex Next(Random random) => new(random.NextDouble() * 2 - 1, random.NextDouble() * 2 - 1);

    internal override string? FindError(EquationCase source, IReadOnlyList<ReferenceEvaluator.Array<Complex>> operands, Complex[] actual)
    {
        var expected = ReferenceEvaluator.Eval(source.Equation, operands, EquationCase.GivenSizes, Complex.Conjugate).Elements;
        var magnitudes = ReferenceEvaluator.Eval(source.Equation, [.. operands.Select(operand => operand.Map(Complex.Abs))], EquationCase.GivenSizes).Elements;
        var roundings = source.ProductsPerElement + 2 * source.Operands;
        return FirstWrong(actual, expected, i => Complex.Abs(actual[i] - expected[i]) <= 2 * roundings * Epsilon * magnitudes[i]);
    }
}
