using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace EinsumNet.Tests.Golden;

/// <summary>Linear algebra against MathNet.Numerics, on well and on badly scaled data.</summary>
[Parallelizable(ParallelScope.All)]
sealed class MathNetTests
{
    static readonly int[] s_sizes = [1, 2, 3, 7, 16, 33, 70];

    readonly record struct Data(int Size, bool IsIllScaled)
    {
        readonly Random _random = new(Size);

        internal double[,] Matrix(int rows, int columns)
        {
            var (random, scales) = (_random, IsIllScaled ? 24 : 0);
            return DenseMatrix.Create(rows, columns, (_, _) => (random.NextDouble() * 2 - 1) * Math.Pow(10, random.Next(-scales, scales + 1))).ToArray();
        }

        internal double[] Vector(int length) => Of(Matrix(1, length)).Row(0).ToArray();
    }

    static IEnumerable<Data> Datas => from size in s_sizes from isIllScaled in new[] { false, true } select new Data(size, isIllScaled);

    [TestCaseSource(nameof(Datas))]
    public void Product(object data)
    {
        var (a, b) = (((Data)data).Matrix(Size(data), Size(data) + 3), ((Data)data).Matrix(Size(data) + 3, 5));
        Check(Einsum.Eval("ij,jk->ik", a, b), Of(a) * Of(b), Abs(a) * Abs(b));
        Check(Einsum.Eval("ij,jk->ki", a, b), (Of(a) * Of(b)).Transpose(), (Abs(a) * Abs(b)).Transpose());
        Check(Einsum.Eval("ij,ik->jk", a, a), Of(a).TransposeThisAndMultiply(Of(a)), Abs(a).TransposeThisAndMultiply(Abs(a)));
    }

    [TestCaseSource(nameof(Datas))]
    public void Matrix_vector(object data)
    {
        var (a, x) = (((Data)data).Matrix(4, Size(data)), ((Data)data).Vector(Size(data)));
        Check(Einsum.Eval("ij,j->i", a, x), (Of(a) * Vector<double>.Build.Dense(x)).ToColumnMatrix(), Abs(a) * Abs(Column(x)));
        Check(Einsum.Eval("i,ji->j", x, a), (Of(a) * Vector<double>.Build.Dense(x)).ToColumnMatrix(), Abs(a) * Abs(Column(x)));
    }

    [TestCaseSource(nameof(Datas))]
    public void Transpose_trace_and_diagonal(object data)
    {
        var a = ((Data)data).Matrix(Size(data), Size(data));
        Check(Einsum.Eval("ij->ji", a), Of(a).Transpose(), Abs(a).Transpose() * 0);
        Check(Einsum.Eval("ii->i", a), Of(a).Diagonal().ToColumnMatrix(), Abs(a).Diagonal().ToColumnMatrix() * 0);
        Check(Einsum.Eval("ii->", a), Scalar(Of(a).Trace()), Scalar(Abs(a).Trace()));
        Check(Einsum.Eval("ij->j", a), Of(a).ColumnSums().ToColumnMatrix(), Abs(a).ColumnSums().ToColumnMatrix());
    }

    [TestCaseSource(nameof(Datas))]
    public void Kronecker_outer_and_Hadamard(object data)
    {
        var (a, b) = (((Data)data).Matrix(3, Size(data)), ((Data)data).Matrix(2, 4));
        var (x, y) = (((Data)data).Vector(Size(data)), ((Data)data).Vector(3));
        Check(Einsum.Eval("ij,kl->ikjl", a, b), Of(a).KroneckerProduct(Of(b)), Abs(a).KroneckerProduct(Abs(b)));
        Check(Einsum.Eval("i,j->ij", x, y), Column(x) * Column(y).Transpose(), Abs(Column(x)) * Abs(Column(y)).Transpose());
        Check(Einsum.Eval("ij,ij->ij", a, a), Of(a).PointwiseMultiply(Of(a)), Abs(a).PointwiseMultiply(Abs(a)));
        Check(Einsum.Eval("ij,ij->", a, a), Scalar((Of(a).Transpose() * Of(a)).Trace()), Scalar((Abs(a).Transpose() * Abs(a)).Trace()));
    }

    [TestCaseSource(nameof(Datas))]
    public void Batched_and_chained_products(object data)
    {
        var (a, b, c) = (((Data)data).Matrix(4, Size(data)), ((Data)data).Matrix(Size(data), 3), ((Data)data).Matrix(3, 6));
        Check(Einsum.Eval("ij,jk,kl->il", a, b, c), Of(a) * Of(b) * Of(c), Abs(a) * Abs(b) * Abs(c));
        var lefts = new double[2, 4, Size(data)];
        foreach (var (i, j) in from i in Enumerable.Range(0, 4) from j in Enumerable.Range(0, Size(data)) select (i, j)) (lefts[0, i, j], lefts[1, i, j]) = (a[i, j], 2 * a[i, j]);
        Check(Einsum.Eval("nij,jk->nik", lefts, b), (Of(a) * Of(b)).Stack(2 * Of(a) * Of(b)), (Abs(a) * Abs(b)).Stack(2 * Abs(a) * Abs(b)));
    }

    static int Size(object data) => ((Data)data).Size;

    static Matrix<double> Of(double[,] elements) => DenseMatrix.OfArray(elements);

    static Matrix<double> Abs(double[,] elements) => Abs(Of(elements));

    static Matrix<double> Abs(Matrix<double> matrix) => matrix.PointwiseAbs();

    static Matrix<double> Column(double[] elements) => Vector<double>.Build.Dense(elements).ToColumnMatrix();

    static Matrix<double> Scalar(double value) => Matrix<double>.Build.Dense(1, 1, value);

    /// <summary>Row-major elements within some roundings of the sum of the products' magnitudes.</summary>
    static void Check(Tensor<double> actual, Matrix<double> expected, Matrix<double> magnitudes)
    {
        var elements = new double[actual.FlattenedLength];
        actual.FlattenTo(elements);
        var bounds = magnitudes.ToRowMajorArray();
        Assert.That(elements, Has.Length.EqualTo(bounds.Length));
        foreach (var (i, value) in expected.ToRowMajorArray().Index())
            Assert.That(Math.Abs(elements[i] - value), Is.LessThanOrEqualTo(300 * double.ScaleB(bounds[i], -53)), $"element {i}");
    }
}
