using System.Globalization;
using System.Numerics.Tensors;

namespace EinsumNet.Benchmarks;

/// <summary>What a call costs beside its arithmetic: cached, the first time of an equation, and the first time of a process.</summary>
static class OverheadBenchmark
{
    const int Rounds = 9, ColdProcesses = 3, Repeats = 100;

    internal static void Run(string[] args)
    {
        if (args is ["--cold"])
        {
            FirstEvaluations.PrintCold(Console.Out);
            return;
        }
        PrintCached(Console.Out);
        FirstEvaluations.Print(Console.Out);
        for (var i = 0; i < ColdProcesses; i++) Itself.Run("overhead", "--cold");
    }

    static void PrintCached(TextWriter output)
    {
        output.WriteLine($"Cached calls, medians of {Rounds} turns; every result is read:");
        output.WriteLine();
        output.WriteLine("| call | nanoseconds | bytes |");
        output.WriteLine("|---|---|---|");
        double[,] left = new double[4, 4], right = new double[4, 4];
        double[] x = new double[10], y = new double[10], vector = new double[1], square = new double[16];
        (left[1, 1], right[1, 1], x[3], y[3]) = (2, 3, 4, 5);
        var matrices = Einsum.Compile<double>("ij,jk->ik", [4, 4], [4, 4]);
        var dot = Einsum.Compile<double>("i,i->", [10], [10]);
        Cached.Print(output, "Eval, product of 4 x 4", () => Einsum.Eval("ij,jk->ik", left, right)[1, 1], 6);
        Cached.Print(output, "Eval, dot of 10", () => Einsum.Eval("i,i->", x, y)[0], 20);
        Cached.Print(output, "Invoke, product of 4 x 4", () => matrices.Invoke(left, right)[1, 1], 6);
        Cached.Print(output, "Invoke, dot of 10", () => dot.Invoke(x, y)[0], 20);
        Cached.Print(output, "EvalInto, product of 4 x 4", () =>
        {
            Einsum.EvalInto("ij,jk->ik", new TensorSpan<double>(square, [4, 4]), left, right);
            return square[5];
        }, 6);
        Cached.Print(output, "InvokeInto, product of 4 x 4", () =>
        {
            matrices.InvokeInto(new TensorSpan<double>(square, [4, 4]), left, right);
            return square[5];
        }, 6);
        Cached.Print(output, "InvokeInto, dot of 10", () =>
        {
            dot.InvokeInto(vector, x, y);
            return vector[0];
        }, 20);
        Cached.Print(output, "InvokeInto, product of 4 x 4, of a span made before", () => Repeated(matrices, new TensorSpan<double>(square, [4, 4]), left, right, square, 5), 6 * Repeats, Repeats);
        Cached.Print(output, "InvokeInto, dot of 10, of a span made before", () => Repeated(dot, vector, x, y, vector, 0), 20 * Repeats, Repeats);
        Cached.Print(output, "a new tensor of [4, 4] alone", () => Tensor.CreateFromShapeUninitialized<double>([4, 4]).Rank, 2);
        Cached.Print(output, "a span over [4, 4] alone", () => new TensorSpan<double>(square, [4, 4]).Rank, 2);
        output.WriteLine();
    }

    /// <summary>Many calls into one span; the sum of an element of their results.</summary>
    static double Repeated(EinsumExpression<double> expression, TensorSpan<double> destination, Operand<double> left, Operand<double> right, double[] result, int element)
    {
        var sum = 0.0;
        for (var i = 0; i < Repeats; i++)
        {
            expression.InvokeInto(destination, left, right);
            sum += result[element];
        }
        return sum;
    }

    /// <summary>One call, over and over.</summary>
    static class Cached
    {
        const int Calls = 100_000;

        /// <param name="output">Where to print.</param>
        /// <param name="name">What is called.</param>
        /// <param name="call">The call, or several.</param>
        /// <param name="expected">What it gives.</param>
        /// <param name="several">How many calls it is.</param>
        internal static void Print(TextWriter output, string name, Func<double> call, double expected, int several = 1)
        {
            var calls = Calls / several;
            var samples = new List<double>();
            Timing.WarmUp(() => Repeat(call, calls / 100, calls / 100 * expected));
            for (var round = 0; round < Rounds; round++) samples.Add(Timing.Seconds(() => Repeat(call, calls, calls * expected), 1) / Calls);
            var before = GC.GetAllocatedBytesForCurrentThread();
            call();
            var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / several;
            output.WriteLine($"| {name} | {(Timing.Median(samples) * 1e9).ToString("0", CultureInfo.InvariantCulture)} | {bytes} |");
        }

        static void Repeat(Func<double> call, int calls, double expected)
        {
            var sum = 0.0;
            for (var i = 0; i < calls; i++) sum += call();
            if (sum != expected) throw new InvalidOperationException($"The results sum to {sum}, not to {expected}.");
        }
    }
}
