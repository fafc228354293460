using System.Numerics;
using System.Numerics.Tensors;
using System.Text.Json.Nodes;

namespace EinsumNet.Benchmarks;

/// <summary>Pairs of matrices to multiply, of sizes m, k and n that differ from pair to pair, with elements small enough to be summed.</summary>
sealed class RaggedList<T> where T : unmanaged, INumber<T>
{
    internal const string Equation = "ij,jk->ik";

    internal RaggedList((int M, int K, int N)[] sizes)
    {
        Sizes = sizes;
        Left = [.. sizes.Select((size, i) => (Operand<T>)Matrix(2 * i, size.M, size.K))];
        Right = [.. sizes.Select((size, i) => (Operand<T>)Matrix(2 * i + 1, size.K, size.N))];
    }

    internal (int M, int K, int N)[] Sizes { get; }

    internal Operand<T>[] Left { get; }

    internal Operand<T>[] Right { get; }

    internal double Flops => Sizes.Sum(size => 2.0 * size.M * size.K * size.N);

    internal static EinsumBatch<T> Compile(EinsumEngine engine, (int M, int K, int N)[] sizes) => engine.CompileMany<T>(
        Equation, Array.ConvertAll(sizes, size => Shape.Create([size.M, size.K])), Array.ConvertAll(sizes, size => Shape.Create([size.K, size.N])));

    /// <summary>So many different sizes from least to most.</summary>
    internal static (int M, int K, int N)[] Distinct(int count, int least, int most)
    {
        var random = new Random(12345);
        var sizes = new HashSet<(int, int, int)>();
        while (sizes.Count < count) sizes.Add((random.Next(least, most + 1), random.Next(least, most + 1), random.Next(least, most + 1)));
        return [.. sizes];
    }

    /// <summary>The list as a case of the line protocol.</summary>
    internal static JsonObject Case((int M, int K, int N)[] sizes) => new()
    {
        ["kind"] = "ragged",
        ["spec"] = Equation,
        ["shapes_list"] = new JsonArray([.. sizes.Select(size => new JsonArray(new JsonArray(size.M, size.K), new JsonArray(size.K, size.N)))]),
    };

    /// <summary>The sizes of a case of the line protocol.</summary>
    internal static (int M, int K, int N)[] SizesOf(JsonNode @case) =>
        [.. @case["shapes_list"]!.AsArray().Select(pair => (Size(pair, 0, 0), Size(pair, 0, 1), Size(pair, 1, 1)))];

    static int Size(JsonNode? pair, int operand, int axis) => pair![operand]![axis]!.GetValue<int>();

    static Tensor<T> Matrix(int number, int rows, int columns)
    {
        var elements = new T[rows * columns];
        for (var e = 0; e < elements.Length; e++) elements[e] = T.CreateChecked(((e % 65521 * 40503L + 12345 * (number + 1)) % 65521 - 32760) / 65536.0);
        return Tensor.Create(elements, [rows, columns]);
    }
}
