using System.Numerics.Tensors;

namespace EinsumNet.Tests.Many;

/// <summary>Random matrices of small integers, exact in every arithmetic, and what a loop of single evaluations makes of them.</summary>
static class Members
{
    internal static Operand<double> Matrix(Random random, params nint[] sizes) => Tensor(random, sizes);

    internal static Tensor<double> Tensor(Random random, params nint[] sizes)
    {
        var elements = new double[sizes.Aggregate((nint)1, (product, size) => product * size)];
        for (var i = 0; i < elements.Length; i++) elements[i] = random.Next(-9, 10);
        return System.Numerics.Tensors.Tensor.Create(elements, sizes);
    }

    /// <summary>Products of random sizes, 0 and 1 among them.</summary>
    internal static (Operand<double>[] Left, Operand<double>[] Right) Products(int seed, int count, int most)
    {
        var random = new Random(seed);
        var left = new Operand<double>[count];
        var right = new Operand<double>[count];
        for (var i = 0; i < count; i++)
        {
            var (rows, depth, columns) = (random.Next(most), random.Next(most), random.Next(most));
            left[i] = Matrix(random, rows, depth);
            // Some operands are transposed views.
            right[i] = random.Next(3) == 0 ? Tensor(random, columns, depth).PermuteDimensions([1, 0]) : Matrix(random, depth, columns);
        }
        return (left, right);
    }

    internal static double[] Elements(this Tensor<double> tensor)
    {
        var elements = new double[tensor.FlattenedLength];
        tensor.FlattenTo(elements);
        return elements;
    }

    internal static void AssertEqual(IReadOnlyList<Tensor<double>> actual, Func<int, Tensor<double>> expected)
    {
        for (var member = 0; member < actual.Count; member++)
        {
            var single = expected(member);
            Assert.That(actual[member].Lengths.ToArray(), Is.EqualTo(single.Lengths.ToArray()), $"shape of member {member}");
            Assert.That(actual[member].Elements(), Is.EqualTo(single.Elements()), $"member {member}");
        }
    }
}
