using EinsumNet.Backends.Gpu;
using EinsumNet.Functions;
using EinsumNet.Tests.Functions;

namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>The CUDA text of functions' kernels, run without a GPU, libraries' functions of elements with it, against the interpreter of traces.</summary>
[Parallelizable(ParallelScope.All)]
sealed class PtxFunctionTests
{
    static readonly EinsumEngine s_engine = new(new EinsumOptions { Backend = new InterpretedBackend(Limits.Cuda(80), KernelDialect.Cuda) });

    static IEnumerable<string> Names => FunctionKernels.Names;

    [TestCaseSource(nameof(Names))]
    public void Runs(string name)
    {
        Nvrtc.Need(80);
        var (_, function, operands) = FunctionKernels.All.Single(each => each.Name == name);
        var random = new Random(2);
        Dense[] values = [.. operands.Select(operand => new ConvertOp(operand.Element).Evaluate([Numbers(operand.Shape, () => 1 + 3 * random.NextDouble())])[0])];
        Check(function, values, name);
    }

    [Test]
    public void Angles_of_many_turns([Values(ElementType.Float, ElementType.Double)] ElementType element)
    {
        Nvrtc.Need(80);
        var random = new Random(3);
        var angles = new ConvertOp(element).Evaluate([Numbers([60], () => Math.ScaleB(random.NextDouble() - 0.5, random.Next(100)))])[0];
        Check(Fn.JitAll(x => [x[0].Sin(), x[0].Cos()]), [angles], "angles");
    }

    /// <summary>All pairs of numbers of all kinds; NaN where the processor has it.</summary>
    [Test]
    public void Each_function_of_any_numbers([Values(ElementType.Float, ElementType.Double)] ElementType element)
    {
        Nvrtc.Need(80);
        double[] numbers = [0, -0.0, 1, -1, 0.5, -0.75, 3, -2, 1e-6, -1e-30, 17.25, -60, 700, 1e20, double.PositiveInfinity, double.NegativeInfinity, double.NaN];
        var pairs = numbers.SelectMany(left => numbers.Select(right => (Left: left, Right: right))).ToArray();
        Dense[] values = [.. new[] { pairs.Select(pair => pair.Left), pairs.Select(pair => pair.Right) }.Select(side => new ConvertOp(element).Evaluate([Dense.Of([pairs.Length], side.ToArray())])[0])];
        Check(Fn.JitAll(v =>
        {
            var (x, y) = (v[0], v[1]);
            return [x.Pow(y), x % y, x / y, Fn.Min(x, y), Fn.Max(x, y), x.Exp(), x.Log(), x.Log1p(), x.Expm1(), x.Sqrt(), x.Sin(), x.Cos(), x.Tanh(), x.Erf(), x.Abs(), -x];
        }), values, "any numbers");
    }

    static void Check(TensorFunction function, Dense[] values, string name)
    {
        var (actual, expected) = (Tests.Functions.Run.Compiled(function.On(s_engine), values), Tests.Functions.Run.Interpreted(function, values));
        for (var i = 0; i < actual.Length; i++) Tests.Functions.Run.AreClose(actual[i], expected[i], $"{name}, result {i}");
    }

    static Dense Numbers(Shape shape, Func<double> next) => Dense.Of(shape, Enumerable.Range(0, (int)shape.ElementCount!).Select(_ => next()).ToArray());
}
