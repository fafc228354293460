using System.Numerics;
using System.Numerics.Tensors;
using EinsumNet.Functions;

namespace EinsumNet.Benchmarks;

/// <summary>The functions that are measured: squares, running sums as scan and as counted loop, layers, products of exponentials, softmax and attention.</summary>
static class FunctionCases
{
    internal static IEnumerable<FunctionCase> All(int threads)
    {
        yield return Squares();
        yield return RunningSum("scan cumsum", Fn.Jit(x => Fn.Scan((sum, value) => (sum + value, sum + value), Fn.Scalar(0.0), x).Results));
        yield return RunningSum("fori_loop cumsum", Fn.Jit(x => Fn.ForiLoop(0, 500, (i, sum) => sum + x.At(i), Fn.Scalar(0.0))), isLast: true);
        foreach (var n in (int[])[4, 8, 16, 24, 32, 64, 128, 256, 512, 1024])
        {
            yield return Layer<float>(n);
            yield return Layer<double>(n);
        }
        foreach (var n in (int[])[64, 128, 256, 512, 1024])
        {
            yield return Powers<float>(n);
            yield return Powers<double>(n);
        }
        yield return Softmax<float>(1024, threads);
        yield return Softmax<double>(1024, threads);
        yield return Attention<float>(1024, 64, threads);
        yield return Attention<double>(1024, 64, threads);
        yield return Attention<float>(4096, 64, threads);
    }

    static FunctionCase Squares()
    {
        var (numbers, result) = (Numbers<double>(1000), new double[1000]);
        var square = Fn.Vmap(x => x * x);
        return new FunctionCase("vmap x * x", () => square.InvokeInto<double>(result, numbers), () => HandSquares(numbers, result), "square", 1000, 0, "float64", 0);
    }

    static void HandSquares(double[] numbers, double[] result)
    {
        var i = 0;
        for (; i <= numbers.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var vector = new Vector<double>(numbers, i);
            (vector * vector).CopyTo(result, i);
        }
        for (; i < numbers.Length; i++) result[i] = numbers[i] * numbers[i];
    }

    static FunctionCase RunningSum(string name, TensorFunction function, bool isLast = false)
    {
        var (numbers, result) = (Numbers<double>(500), new double[isLast ? 1 : 500]);
        Action hand = isLast ? () => result[0] = HandSum(numbers) : () => HandRunningSum(numbers, result);
        return new FunctionCase(name, () => function.InvokeInto<double>(result, numbers), hand, "cumsum", 500, 0, "float64", 0);
    }

    static void HandRunningSum(double[] numbers, double[] result)
    {
        var sum = 0.0;
        for (var i = 0; i < numbers.Length; i++) result[i] = sum += numbers[i];
    }

    static double HandSum(double[] numbers)
    {
        var sum = 0.0;
        for (var i = 0; i < numbers.Length; i++) sum += numbers[i];
        return sum;
    }

    /// <summary>A product with bias and ReLU; by hand, it is two calls: the compiled product, and what is done to each of its elements.</summary>
    static FunctionCase Layer<T>(int n) where T : unmanaged, INumber<T>
    {
        var function = Fn.Jit((x, w, b) => Fn.Max(x.MatMul(w) + b, 0));
        var (product, rest) = (EinsumEngine.Default.Compile<T>("ij,jk->ik", [n, n], [n, n]), Fn.Jit((y, b) => Fn.Max(y + b, 0)));
        var (x, w, b, between, result) = (Matrix<T>(n, n, 1), Matrix<T>(n, n, 2), Numbers<T>(n), new T[n, n], new T[n, n]);
        return new FunctionCase(
            $"layer {n} x {n} {Name<T>()}", () => function.InvokeInto(new TensorSpan<T>(result), x, w, b), TwoCalls, "layer", n, n, Name<T>(), function.Compile<T>([n, n], [n, n], [n]).PeakBytes(1));

        void TwoCalls()
        {
            product.InvokeInto(new TensorSpan<T>(between), x, w);
            rest.InvokeInto(new TensorSpan<T>(result), between, b);
        }
    }

    /// <summary>A product of a scaled exponential; by hand, it is two calls: the exponential, and the compiled product.</summary>
    static FunctionCase Powers<T>(int n) where T : unmanaged, INumber<T>
    {
        var function = Fn.Jit((x, w) => (x / 8).Exp().MatMul(w));
        var (powers, product) = (Fn.Jit(x => (x / 8).Exp()), EinsumEngine.Default.Compile<T>("ij,jk->ik", [n, n], [n, n]));
        var (x, w, between, result) = (Matrix<T>(n, n, 1), Matrix<T>(n, n, 2), new T[n, n], new T[n, n]);
        return new FunctionCase(
            $"exp(x / 8) w {n} x {n} {Name<T>()}", () => function.InvokeInto(new TensorSpan<T>(result), x, w), TwoCalls, "powers", n, n, Name<T>(), function.Compile<T>([n, n], [n, n]).PeakBytes(1));

        void TwoCalls()
        {
            powers.InvokeInto(new TensorSpan<T>(between), x);
            product.InvokeInto(new TensorSpan<T>(result), between, w);
        }
    }

    static TensorExpr SoftmaxOf(TensorExpr x)
    {
        var powers = (x - x.Max(-1).ExpandDims(-1)).Exp();
        return powers / powers.Sum(-1).ExpandDims(-1);
    }

    static FunctionCase Softmax<T>(int n, int threads) where T : unmanaged, INumber<T>
    {
        var function = Fn.Jit(x => SoftmaxOf(x));
        var (matrix, result) = (Matrix<T>(n, n, 1), new T[n, n]);
        var peak = function.Compile<T>([n, n]).PeakBytes(threads);
        return new FunctionCase($"softmax {n} x {n} {Name<T>()}", () => function.InvokeInto(new TensorSpan<T>(result), matrix), null, "softmax", n, 0, Name<T>(), peak);
    }

    static FunctionCase Attention<T>(int n, int d, int threads) where T : unmanaged, INumber<T>
    {
        var function = Fn.Jit((q, k, v) => SoftmaxOf(q.MatMul(k.Transpose()) / Math.Sqrt(d)).MatMul(v));
        var (q, k, v, result) = (Matrix<T>(n, d, 1), Matrix<T>(n, d, 2), Matrix<T>(n, d, 3), new T[n, d]);
        var peak = function.Compile<T>([n, d], [n, d], [n, d]).PeakBytes(threads);
        return new FunctionCase($"attention {n} x {d} {Name<T>()}", () => function.InvokeInto(new TensorSpan<T>(result), q, k, v), null, "attention", n, d, Name<T>(), peak);
    }

    static string Name<T>() => typeof(T) == typeof(float) ? "float32" : "float64";

    static T[] Numbers<T>(int count) where T : unmanaged, INumber<T> => [.. Enumerable.Range(0, count).Select(T.CreateChecked)];

    static T[,] Matrix<T>(int rows, int columns, int seed) where T : unmanaged, INumber<T>
    {
        var random = new Random(seed);
        var matrix = new T[rows, columns];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++) matrix[i, j] = T.CreateTruncating(random.NextDouble() - 0.5);
        return matrix;
    }
}
