using System.Numerics;
using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Half, Complex and every integer: operations against the interpreter, and the interpreter against C#.</summary>
[Parallelizable(ParallelScope.All)]
abstract class MoreElementTypeTests<TTarget> where TTarget : IFunctionTarget
{
    static readonly ElementType[] s_integers =
        [ElementType.SByte, ElementType.Byte, ElementType.Short, ElementType.UShort, ElementType.Int, ElementType.UInt, ElementType.Long, ElementType.ULong, ElementType.NInt];

    protected static readonly ElementType[] s_all = [.. s_integers, ElementType.Half, ElementType.Complex, ElementType.Float, ElementType.Double, ElementType.Bool];

    protected static Dense Numbers(int seed, Shape shape, ElementType element)
    {
        var random = new Random(seed);
        var numbers = Dense.Of(shape, Enumerable.Range(0, (int)shape.ElementCount!).Select(_ => random.Next(0, 24) * (element is ElementType.Half or ElementType.Complex ? 0.25 : 1)).ToArray());
        if (element != ElementType.Complex) return new ConvertOp(element).Evaluate([numbers])[0];
        return Dense.Of(shape, numbers.As<double>().Select(number => new Complex(number, random.Next(-3, 4))).ToArray());
    }

    protected static void Agrees(TensorFunction function, params Dense[] operands)
    {
        var program = function.On(TTarget.Engine).Compile([.. operands.Select(operand => operand.Type)]);
        Assert.That(program.Steps.OfType<InterpretedStep>(), Is.Empty);
        foreach (var (actual, expected) in Run.By(program, operands).Zip(Run.Interpreted(function, operands)))
        {
            Assert.That(actual.Type, Is.EqualTo(expected.Type));
            if (actual.Element == ElementType.Complex)
            {
                foreach (var (a, e) in actual.As<Complex>().Zip(expected.As<Complex>()))
                    if (!a.Equals(e)) Assert.That(Complex.Abs(a - e), Is.LessThanOrEqualTo(1e-12 * (1 + Complex.Abs(e))), program.ToString());
            }
            else if (actual.Element is ElementType.Half or ElementType.NInt) Assert.That(actual.Data, Is.EqualTo(expected.Data), program.ToString());
            else Run.AreClose(actual, expected, program.ToString());
        }
    }

    static readonly (string Name, Func<TensorExpr, TensorExpr, TensorExpr[]> Of)[] s_operations =
    [
        ("arithmetic", (x, y) => [x + y, x - y, x * y, -x, x * 3 + 1, x / (y + 1)]),
        ("equality", (x, y) => [x.EqualTo(y), x.NotEqualTo(y), Fn.Where(x.EqualTo(y), x, y * 2)]),
        ("sums", (x, y) => [x.Sum(), x.Sum(0), (x * y).Sum(1), x.Prod(1), x.Mean(), x.Mean(1), x.CumSum(0), x.CumSum(1)]),
        ("views", (x, y) => [x.Transpose() + 1, x.Slice(1, 1, 3), Fn.Concat([x, y], 0), Fn.Stack([x, y], 1), x.Reshape([-1]) * 2, x[1], x.At(Fn.Arange(9)[7])]),
        ("products", (x, y) => [Fn.Einsum("ij,kj->ik", x, y), x.MatMul(y.Transpose()), x.Reshape([-1]).Dot(y.Reshape([-1])), Fn.Vmap(Fn.Dot).Invoke(x, y)]),
        ("loops", (x, y) => [Fn.Scan((c, row) => (c + row, c * row), y[0], x).Results, Fn.ForiLoop(0, 3, (_, c) => c + c.Sum(1).ExpandDims(1) * y, x), Fn.Map(row => row * row.Sum(), x, 3)]),
    ];

    static readonly (string Name, Func<TensorExpr, TensorExpr, TensorExpr[]> Of)[] s_ordered =
    [
        ("order", (x, y) => [x < y, x <= y, x > y, x >= y, Fn.Min(x, y), Fn.Max(x, y), x.Clamp(2, 9), x.Abs(), x % (y + 1)]),
        ("extremes", (x, y) => [x.Min(), x.Max(0), (x + y).Max(1), x.ArgMax(0), x.ArgMin(1), (x < y).Any(1), (x <= y).All(0), Fn.Vmap(row => row.Max() - row).Invoke(x)]),
        ("whiles", (x, y) => [Fn.Vmap(Fn.Vmap(v => Fn.While(c => c < 9, c => c + 2, v))).Invoke(x), Fn.While(c => c.Max() < 99, c => c + 1, y)]),
    ];

    static readonly (string Name, Func<TensorExpr, TensorExpr, TensorExpr[]> Of)[] s_real =
    [
        ("functions", (x, y) => [x.Exp(), (x + 1).Log(), x.Sqrt(), x.Sin(), x.Cos(), x.Tanh(), (x + 1).Pow(y * 0.5), x.Sigmoid(), (x + 1).Rsqrt()]),
    ];

    /// <summary>Where there are few, one operation for each type, another one for each.</summary>
    static IEnumerable<TestCaseData> Cases => !TTarget.HasFewSizes ? AllCases : AllCases.GroupBy(test => test.Arguments[0]).Select((tests, i) => tests.ElementAt(i % tests.Count()));

    static IEnumerable<TestCaseData> AllCases =>
        from element in s_all.Take(11)
        from operation in s_operations.Concat(element != ElementType.Complex ? s_ordered : []).Concat(element is ElementType.Half or ElementType.Complex ? s_real : [])
        select new TestCaseData(element.ToString(), operation.Of).SetArgDisplayNames(element.ToString(), operation.Name);

    /// <summary>What complex numbers have.</summary>
    internal static IEnumerable<TestCaseData> ComplexOperations => s_operations.Concat(s_real).Select(operation => new TestCaseData(operation.Of).SetArgDisplayNames(operation.Name));

    [TestCaseSource(nameof(Cases))]
    public void Compiled_agrees_with_the_interpreter(string name, Func<TensorExpr, TensorExpr, TensorExpr[]> operation)
    {
        var element = Enum.Parse<ElementType>(name);
        var function = Fn.JitAll(x => operation(x[0], x[1]));
        Agrees(function, Numbers(1, [7, 4], element), Numbers(2, [7, 4], element));
        if (!operation(Graph.Parameter(new(element, [7, 4])), Graph.Parameter(new(element, [7, 4]))).Any(result => result.Op is ContractOp)) return;
        Agrees(function, Numbers(3, [70, 40], element), Numbers(4, [70, 40], element));
    }
}

/// <summary>On the processor.</summary>
sealed class CpuMoreElementTypeTests : MoreElementTypeTests<CpuFunctionConformance.Target>
{
    [Test]
    public void Every_type_converts_to_every_other()
    {
        foreach (var from in s_all)
            foreach (var to in s_all) Agrees(Fn.Jit(x => x.ConvertTo(to)), Numbers(5, [3, 37], from));
    }

    [Test]
    public void Small_integers_wrap_and_run_in_vectors([Values("SByte", "Byte", "Short", "UShort", "UInt", "ULong", "NInt")] string name)
    {
        var element = Enum.Parse<ElementType>(name);
        var function = Fn.JitAll(x => [x[0] * x[1] + x[0] * 100, x[0].Sum(), Fn.Where(x[0] < x[1], x[0], x[1]), x[0].Max()]);
        Agrees(function, Numbers(6, [333], element), Numbers(7, [333], element));
        foreach (var step in function.Compile([new(element, [333]), new(element, [333])]).Steps) Assert.That(((NestStep)step).Vector.Lanes, Is.GreaterThan(1), step.Text);
    }

    [Test]
    public void Each_operation_on_Half_rounds_as_CSharp_does()
    {
        var random = new Random(1);
        var (x, y) = (Enumerable.Range(0, 50).Select(_ => (Half)random.NextDouble()).ToArray(), Enumerable.Range(0, 50).Select(_ => (Half)(random.NextDouble() + 1)).ToArray());
        var expected = x.Zip(y, (a, b) => a * b + a / b).ToArray();
        Assert.That(Fn.Jit((a, b) => a * b + a / b).Eval<Half>(x, y).ToArray(), Is.EqualTo(expected));
        Assert.That(Fn.Jit(a => (a * 0.001).Expm1()).Eval<Half>(x).ToArray(), Is.EqualTo(x.Select(a => (Half)(Math.Exp((double)(a * (Half)0.001)) - 1))));
    }

    [Test]
    public void Complex_numbers_have_the_platforms_functions()
    {
        Complex[] x = [new(1, 2), new(-3, 0.5), new(0, -1)];
        Assert.That(Fn.Jit(v => (v * v).Exp() + v.Sqrt()).Eval<Complex>(x).ToArray(), Is.EqualTo(x.Select(v => Complex.Exp(v * v) + Complex.Sqrt(v))));
        Assert.That(Fn.Jit(v => v.Abs()).Eval<Complex, double>(x).ToArray(), Is.EqualTo(x.Select(Complex.Abs)));
        Assert.That(Fn.Jit(v => v.Convert<double>()).Eval<Complex, double>(x).ToArray(), Is.EqualTo(x.Select(v => v.Real)));
        Assert.That(Fn.Jit(v => Fn.Einsum("i,conj(i)->", v, v)).Eval<Complex>(x).ToArray()[0].Real, Is.EqualTo(x.Sum(v => v.Magnitude * v.Magnitude)).Within(1e-12));
        Assert.That(Fn.Jit(v => Fn.While(c => c.Abs() < 100, c => c * c + 1, v)).Eval<Complex>(new Complex(0.5, 1)).ToArray()[0].Magnitude, Is.GreaterThan(100));
    }

    [Test]
    public void A_negative_zero_of_Half_or_Complex_is_no_zero()
    {
        var constants = new[] { new Complex(0, 0), new Complex(-0.0, 0), new Complex(0, -0.0) }.Select(value => new ConstantOp(Dense.Of([], [value]))).ToList();
        Assert.That(constants.Distinct().Count(), Is.EqualTo(3));
        Assert.That(new[] { (Half)0, (Half)(-0.0f) }.Select(value => new ConstantOp(Dense.Of([], [value]))).Distinct().Count(), Is.EqualTo(2));
    }
}
