using System.Numerics;

namespace EinsumNet.Tests.Conformance;

/// <summary>
/// NaN and infinity among the operands: nothing is skipped because a factor is zero. An infinity that is multiplied by a sum, not by each of its
/// terms, may come out as NaN or as the other infinity, but never finite; where nothing is summed first, it is as the naive loop has it.
/// </summary>
static class SpecialValues
{
    internal static void Check(EinsumEngine engine, ElementType element, EquationCase source, double[] values, int seed)
    {
        switch (element)
        {
            case ElementType.Float: Check<float>(engine, source, values, seed); break;
            case ElementType.Double: Check<double>(engine, source, values, seed); break;
            default: Check<Half>(engine, source, values, seed); break;
        }
    }

    static void Check<T>(EinsumEngine engine, EquationCase source, double[] values, int seed) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(seed);
        var arrays = source.Shapes.Select(shape => StridedArray<T>.RandomOperand(shape, Next, random)).ToList();
        var result = engine.Eval(source.Text, [.. arrays.Select(array => array.ToOperand(asTensor: false))]);
        var actual = new T[result.FlattenedLength];
        result.FlattenTo(actual);
        var expected = ReferenceEvaluator.Eval(source.Equation, [.. arrays.Select(array => array.RowMajor().Map(double.CreateChecked))], EquationCase.GivenSizes).Elements;
        for (var i = 0; i < actual.Length; i++)
            Assert.That(IsSame(double.CreateChecked(actual[i]), expected[i]), $"{source}: element {i} is {actual[i]}, not {expected[i]}.");

        T Next() => T.CreateChecked(random.Next(12) == 0 ? values[random.Next(values.Length)] : random.Next(1, 100) / 64.0);

        bool IsSame(double found, double wanted) =>
            source.HasNoLoneLabel || values.All(double.IsNaN)
                ? double.IsFinite(wanted) ? double.IsFinite(found) : found.Equals(wanted)
                : double.IsFinite(wanted) == double.IsFinite(found);
    }
}
