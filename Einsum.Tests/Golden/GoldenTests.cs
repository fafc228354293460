using System.Numerics.Tensors;

namespace EinsumNet.Tests.Golden;

/// <summary>What NumPy makes of some hundreds of equations; every value is exact in its type.</summary>
[Parallelizable(ParallelScope.All)]
sealed class GoldenTests
{
    static IEnumerable<GoldenCase> Doubles => GoldenCase.All().Where(source => source.Type == "double");

    static IEnumerable<GoldenCase> EveryType => GoldenCase.All();

    [TestCaseSource(nameof(Doubles))]
    public void Operands(GoldenCase source)
    {
        var operands = source.Shapes.Select((shape, i) => new Operand<double>(GoldenElements.Reals<double>().Operand(source, i), [.. shape])).ToArray();
        Check(source, Einsum.Eval<double>(source.Parse(), operands), GoldenElements.Reals<double>());
        if (!source.Equation.StartsWith('{')) Check(source, Einsum.Eval<double>(source.Equation, operands), GoldenElements.Reals<double>());
    }

    [TestCaseSource(nameof(Doubles))]
    public void Tensors(GoldenCase source)
    {
        var equation = source.Parse();
        Check(source, Einsum.Eval<double>(equation, [.. source.Shapes.Select(ToOperand)]), GoldenElements.Reals<double>());

        // A tensor of shape [1] stands for a scalar where the term is empty; under an ellipsis it has an axis.
        Operand<double> ToOperand(long[] shape, int i) => GoldenElements.Reals<double>().Operand(source, i) is var elements && shape.Length == 0 && equation.Inputs[i].HasEllipsis
            ? elements[0]
            : Tensor.Create(elements, Lengths(shape));
    }

    [TestCaseSource(nameof(EveryType))]
    public void Element_types(GoldenCase source)
    {
        switch (source.Type)
        {
            case "float": Check(source, GoldenElements.Reals<float>()); break;
            case "double": Check(source, GoldenElements.Reals<double>()); break;
            case "Half": Check(source, GoldenElements.Reals<Half>()); break;
            case "sbyte": Check(source, GoldenElements.Integers<sbyte>()); break;
            case "byte": Check(source, GoldenElements.Integers<byte>()); break;
            case "short": Check(source, GoldenElements.Integers<short>()); break;
            case "ushort": Check(source, GoldenElements.Integers<ushort>()); break;
            case "int": Check(source, GoldenElements.Integers<int>()); break;
            case "uint": Check(source, GoldenElements.Integers<uint>()); break;
            case "long": Check(source, GoldenElements.Integers<long>()); break;
            case "ulong": Check(source, GoldenElements.Integers<ulong>()); break;
            case "nint": Check(source, GoldenElements.Integers<nint>()); break;
            case "Complex": Check(source, GoldenElements.Complex); break;
            case "bool": Check(source, GoldenElements.Bool); break;
            default: Assert.Fail($"No element type '{source.Type}'."); break;
        }
    }

    [Test]
    public void Every_element_type_has_cases() =>
        Assert.That(GoldenCase.All().Select(source => source.Type).Distinct(), Is.EquivalentTo(Enum.GetValues<ElementType>().Select(element => element.Name())));

    /// <summary>Into a destination, so that this is another path than the other tests take.</summary>
    static void Check<T>(GoldenCase source, GoldenElements<T> elements) where T : unmanaged
    {
        var result = Tensor.CreateFromShape<T>(Lengths(source.ResultShape));
        Einsum.EvalInto(source.Parse().Text, result, [.. source.Shapes.Select((shape, i) => new Operand<T>(elements.Operand(source, i), [.. shape]))]);
        Check(source, result, elements);
    }

    static void Check<T>(GoldenCase source, Tensor<T> result, GoldenElements<T> elements) where T : unmanaged
    {
        var actual = new T[result.FlattenedLength];
        result.FlattenTo(actual);
        Assert.That(result.Lengths.SequenceEqual(Lengths(source.ResultShape)), $"Lengths are {string.Join(", ", result.Lengths.ToArray())}.");
        Assert.That(actual, Is.EqualTo(elements.Result(source)));
    }

    static nint[] Lengths(long[] shape) => shape.Length == 0 ? [1] : Array.ConvertAll(shape, size => (nint)size);
}
