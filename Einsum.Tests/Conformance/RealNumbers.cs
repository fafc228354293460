using System.Numerics;

namespace EinsumNet.Tests.Conformance;

/// <summary>
/// Floating-point numbers are multiples of 2^-bits, so that the exact result is a sum of products of integers. Half is multiplied and summed
/// in float, and rounded once at the end.
/// </summary>
sealed class RealNumbers<T>(int bits, int arithmeticBits, double smallest) : Numbers<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal override T Next(Random random)
    {
        var most = 1L << bits;
        return T.CreateChecked(double.ScaleB(random.NextInt64(1 - most, most), -bits));
    }

    internal override string? FindError(EquationCase source, IReadOnlyList<ReferenceEvaluator.Array<T>> operands, T[] actual)
    {
        var exact = Eval(source, operands, value => value);
        var magnitudes = Eval(source, operands, BigInteger.Abs);
        var roundings = source.ProductsPerElement + 2 * source.Operands + 2;
        return FirstWrong(actual, exact, i =>
        {
            var bound = roundings * double.ScaleB(magnitudes[i], -arithmeticBits) + double.ScaleB(Math.Abs(exact[i]), -bits) + smallest;
            return Math.Abs(double.CreateChecked(actual[i]) - exact[i]) <= bound;
        });
    }

    double[] Eval(EquationCase source, IEnumerable<ReferenceEvaluator.Array<T>> operands, Func<BigInteger, BigInteger> map)
    {
        var integers = operands.Select(operand => operand.Map(value => map((BigInteger)double.ScaleB(double.CreateChecked(value), bits)))).ToList();
        var result = ReferenceEvaluator.Eval(source.Equation, integers, EquationCase.GivenSizes);
        return result.Map(sum => double.ScaleB((double)sum, -bits * source.Operands)).Elements;
    }
}

static class ReferenceArrays
{
    internal static ReferenceEvaluator.Array<TResult> Map<T, TResult>(this ReferenceEvaluator.Array<T> array, Func<T, TResult> map) =>
        new(Array.ConvertAll(array.Elements, element => map(element)), array.Shape);
}
