using System.Numerics;

namespace EinsumNet.Tests.Golden;

/// <summary>The operands and results of golden.txt in an element type: make() and text() in make_golden.py.</summary>
sealed record GoldenElements<T>(Func<int, int, T> Make, Func<string, T> Read) where T : unmanaged
{
    internal T[] Operand(GoldenCase source, int operand)
    {
        var count = (int)source.Shapes[operand].Aggregate(1L, (product, size) => product * size);
        return [.. Enumerable.Range(0, count).Select(element => Make(element, operand))];
    }

    internal T[] Result(GoldenCase source) => Array.ConvertAll(source.Elements, text => Read(text));
}

static class GoldenElements
{
    internal static GoldenElements<bool> Bool { get; } = new((element, operand) => GoldenCase.Value(element, operand) > 3, text => text == "1");

    internal static GoldenElements<Complex> Complex { get; } = new(
        (element, operand) => new Complex(GoldenCase.Value(element, operand), GoldenCase.Value(element + 1000, operand)),
        text => text.LastIndexOfAny(['+', '-']) is var sign ? new Complex(double.Parse(text[..sign]), double.Parse(text[sign..^1])) : default);

    internal static GoldenElements<T> Reals<T>() where T : unmanaged, INumber<T> =>
        new((element, operand) => T.CreateChecked(GoldenCase.Value(element, operand)), text => T.CreateChecked(double.Parse(text)));

    internal static GoldenElements<T> Integers<T>() where T : unmanaged, IBinaryInteger<T> =>
        new((element, operand) => T.CreateTruncating(GoldenCase.Value(element, operand) * 1234567891234567), text => T.CreateChecked(Int128.Parse(text)));
}
