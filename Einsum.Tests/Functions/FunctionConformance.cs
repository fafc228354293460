using System.Collections.Immutable;
using System.Numerics;
using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>An engine that functions run on.</summary>
interface IFunctionTarget
{
    static abstract EinsumEngine Engine { get; }

    /// <summary>How many random graphs, fewer where kernels take long to compile.</summary>
    static abstract int Graphs { get; }

    /// <summary>Of how many operations one is mapped, too.</summary>
    static abstract int MappedOf { get; }

    /// <summary>Whether loops are tested with few of their sizes.</summary>
    static abstract bool HasFewSizes { get; }
}

/// <summary>Functions on an engine against the interpreter: the same tests, one subclass per engine.</summary>
[Parallelizable(ParallelScope.All)]
abstract class FunctionConformance<TTarget> where TTarget : IFunctionTarget
{
    static TensorFunction On(TensorFunction function) => function.On(TTarget.Engine);

    static void Agree(TensorFunction function, params Dense[] operands)
    {
        var program = On(function).Compile([.. operands.Select(operand => operand.Type)]);
        var (actual, expected) = (Run.By(program, operands), Run.Interpreted(function, operands));
        for (var i = 0; i < actual.Length; i++) Run.AreClose(actual[i], expected[i], $"result {i}\n{program}");
    }

    [TestCaseSource(typeof(Operations), nameof(Operations.Cases))]
    public void Operations_agree(Func<TensorExpr, TensorExpr, TensorExpr> operation)
    {
        var random = new Random(3);
        Agree(Fn.Jit(operation), Run.Numbers(random, [3, 4]), Run.Numbers(random, [3, 4]));
    }

    static IEnumerable<TestCaseData> Graphs => Enumerable.Range(0, TTarget.Graphs).Select(seed => new TestCaseData(seed));

    [TestCaseSource(nameof(Graphs))]
    public void Random_graphs_agree(int seed)
    {
        var random = new Random(seed);
        var shape = RandomGraphTests.Shape(random, seed);
        Agree(Fn.JitAll(values => RandomGraphTests.Graph(new Random(seed), [.. values])), RandomGraphTests.Numbers(random, shape, seed), RandomGraphTests.Numbers(random, shape, seed));
    }

    [TestCaseSource(nameof(Graphs))]
    public void Random_graphs_of_all_types_agree(int seed)
    {
        var random = new Random(seed);
        var shape = ElementTypeTests.RandomShape(random);
        Agree(Fn.JitAll(values => ElementTypeTests.Graph(new Random(seed), [.. values])), [.. Enumerable.Range(0, 3).Select(_ => ElementTypeTests.Numbers(random, shape, ElementType.Double))]);
    }

    static IEnumerable<TestCaseData> Bodies => Sequences.Bodies;

    [TestCaseSource(nameof(Bodies))]
    public void Loops_of_reductions_agree(Func<TensorExpr[], TensorExpr, TensorExpr, (TensorExpr[], TensorExpr[])> body)
    {
        foreach (var (size, length, reverse) in ((long, long, bool)[])[(21, 5, false), (3, 2, true), (1, 0, false)])
        {
            var random = new Random((int)(size * 10 + length));
            Agree(Sequences.Loop(body, reverse), Run.Numbers(random, []), Run.Numbers(random, [size]), Run.Numbers(random, [length, size]), Run.Numbers(random, [size, size]));
        }
    }

    /// <summary>Sizes around groups, lanes and pieces.</summary>
    static IEnumerable<TestCaseData> Sizes =>
    [
        Case("long rows", (x, _) => x.Sum(1), [3, 5000]), Case("rows of a warp", (x, _) => x.Max(-1), [300, 33]), Case("everything", (x, _) => x.Sum(), [70001]),
        Case("columns", (x, _) => x.Sum(0), [300, 70]), Case("few columns", (x, _) => x.Prod(0).Clamp(-1, 1), [3000, 2]), Case("softmax", (x, _) => Operations.Softmax(x), [5, 300]),
        Case("place of the greatest", (x, _) => x.ArgMax(1), [4, 700]), Case("mean and variance", (x, _) => (x * x).Mean(1) - x.Mean(1) * x.Mean(1), [7, 257]),
        Case("stretches of a sum", (x, y) => (x * y).Sin().Sum(), [200000]),
        Case("running sum", (x, _) => x.CumSum(0), [1000]), Case("running sums", (x, _) => x.CumSum(1), [3, 5001]), Case("running sums across", (x, _) => x.CumSum(0), [700, 3]),
        Case("running sum of terms", (x, y) => (x * y + 1).CumSum(0), [900]), Case("prefixes", (x, _) => Fn.AssociativeScan((a, b) => Fn.Max(a, b), x, 1), [2, 600]),
        Case("prefixes in reverse", (x, _) => Fn.AssociativeScan((a, b) => a + b, x, 0, reverse: true), [1500]),
        Case("products of long rows", (x, y) => Fn.Einsum("ij,kj->ik", x, y * 0.5) + 1, [40, 50]), Case("many points", (x, y) => x * y - x, [70, 999]),
    ];

    static TestCaseData Case(string name, Func<TensorExpr, TensorExpr, TensorExpr> function, Shape shape) => new TestCaseData(function, shape).SetArgDisplayNames(name);

    [TestCaseSource(nameof(Sizes))]
    public void Sizes_around_groups_agree(Func<TensorExpr, TensorExpr, TensorExpr> function, Shape shape)
    {
        var random = new Random(8);
        Agree(Fn.Jit(function), Run.Numbers(random, shape), Run.Numbers(random, shape));
    }

    static ElementType[] Numbers => [ElementType.Half, ElementType.SByte, ElementType.Byte, ElementType.Short, ElementType.UShort, ElementType.UInt, ElementType.ULong, ElementType.NInt];

    /// <summary>Numbers that wrap around in the smaller types.</summary>
    [TestCaseSource(nameof(Numbers))]
    public void Elements_of_every_type_agree(ElementType element)
    {
        var x = Dense.Of([5, 40], Enumerable.Range(0, 200).Select(i => (double)(i * 7 % 120)).ToArray());
        Agree(Fn.JitAll(values =>
        {
            var (a, b) = (values[0].ConvertTo(element), (values[0] + 3).ConvertTo(element));
            TensorExpr[] made = [a + b, a * b - b, a / b, b % (a + b), Fn.Min(a, b), Fn.Max(-a, b).Abs(), Fn.Where(a < b, a, b), a.Sum(1), (a * b).Max(0), b.CumSum(0), (a * b).ConvertTo(ElementType.Int), (values[0] * 1e4 - 9).ConvertTo(element)];
            return [.. made.Select(value => value.ConvertTo(ElementType.Double))];
        }), x);
    }

    /// <summary>Numbers just beyond the middle between two of Half, which a float in between would forget.</summary>
    [Test]
    public void A_double_is_rounded_once_on_its_way_to_Half()
    {
        double[] numbers = [1 + Math.ScaleB(1, -11) + Math.ScaleB(1, -40), 1 + Math.ScaleB(3, -11) - Math.ScaleB(1, -40), 65519.999999999, Math.ScaleB(1, -25) + Math.ScaleB(1, -60)];
        Agree(Fn.JitAll(x => [x[0].Convert<Half>(), x[0].Convert<Complex>().Convert<Half>()]), Dense.Of([4], numbers));
    }

    static Dense ComplexNumbers(int seed, Shape shape)
    {
        var random = new Random(seed);
        return Dense.Of(shape, Enumerable.Range(0, (int)shape.ElementCount!).Select(_ => new Complex(random.NextDouble() * 3 - 1, random.NextDouble() * 3 - 1)).ToArray());
    }

    static IEnumerable<TestCaseData> ComplexOperations => MoreElementTypeTests<TTarget>.ComplexOperations;

    [TestCaseSource(nameof(ComplexOperations))]
    public void Operations_on_complex_numbers_agree(Func<TensorExpr, TensorExpr, TensorExpr[]> operation) =>
        Agree(Fn.JitAll(x => operation(x[0], x[1])), ComplexNumbers(1, [7, 4]), ComplexNumbers(2, [7, 4]));

    static readonly TensorExpr s_turn = Fn.Scalar(new Complex(0.5, -1.5));

    static TensorExpr Unit(TensorExpr x) => x / x.Abs().Convert<Complex>();

    static IEnumerable<TestCaseData> ComplexSizes =>
    [
        Case("long rows", (x, _) => x.Sum(1) + x.Mean(1), [3, 5000]), Case("columns", (x, _) => x.Sum(0), [300, 70]), Case("everything", (x, _) => x.Abs().Sum(), [30001]),
        Case("products of long rows", (x, _) => Unit(x).Prod(1), [3, 3000]), Case("running sum", (x, _) => x.CumSum(0), [3, 5001]), Case("running sums", (x, _) => x.CumSum(1), [3, 900]),
        Case("running product", (x, _) => Fn.AssociativeScan((a, b) => a * b, Unit(x), 0), [900]), Case("many points", (x, y) => x * y - x / (y + 3), [70, 99]),
        Case("constants", (x, y) => (x * s_turn + y * 2).Pow(s_turn) - 1.5, [40]), Case("conjugates", (x, y) => Fn.Einsum("ij,conj(kj)->ik", x, y) * s_turn, [20, 30]),
        Case("whiles", (x, y) => Fn.Vmap((a, b) => Fn.While(c => c.Abs() < 100, c => c * c + b, a + 2)).Invoke(x, y), [50]),
        Case("a while of many", (x, y) => Fn.While(c => c.Abs().Max() < 100, c => c * s_turn + y.Sum() * 0.01, x), [50]),
        Case("a loop of products", (x, y) => Fn.ForiLoop(0, 5, (_, c) => Fn.Einsum("ij,kj->ik", c, y) * 0.3, x), [5, 5]),
    ];

    [TestCaseSource(nameof(ComplexSizes))]
    public void Complex_numbers_of_sizes_around_groups_agree(Func<TensorExpr, TensorExpr, TensorExpr> function, Shape shape) =>
        Agree(Fn.Jit(function), ComplexNumbers(3, shape), ComplexNumbers(4, shape));

    [Test]
    public void Complex_numbers_convert_from_and_to_every_type()
    {
        ElementType[] others = [.. Numbers, ElementType.Int, ElementType.Long, ElementType.Float, ElementType.Double, ElementType.Bool];
        Agree(Fn.JitAll(x => [.. others.SelectMany(other => (TensorExpr[])[x[0].ConvertTo(other), x[0].ConvertTo(other).ConvertTo(ElementType.Complex)])]), ComplexNumbers(5, [200]));
    }

    /// <summary>Zeros of both signs, parts that are zero, numbers whose squares overflow or vanish, and no numbers.</summary>
    [Test]
    public void Complex_numbers_at_the_ends_agree()
    {
        double[] parts = [0, -0.0, 1, -4, 1e308, -1e200, 1e-300, double.PositiveInfinity, double.NaN];
        Complex[] numbers = [.. from real in parts from imaginary in parts select new Complex(real, imaginary)];
        var finite = numbers.Where(Complex.IsFinite).ToArray();
        Agree(Fn.JitAll(x => [x[0].EqualTo(x[0]), x[0].NotEqualTo(0), x[0].Convert<bool>(), -x[0], x[0].Abs()]), Dense.Of([numbers.Length], numbers));
        var known = numbers.Where(number => !double.IsNaN(number.Real) && !double.IsNaN(number.Imaginary)).ToArray();
        Agree(Fn.Jit(x => x.Sqrt()), Dense.Of([known.Length], known));
        Agree(Fn.JitAll(x => [x[0].Abs(), x[0].Log(), x[0].Pow(0.5), x[0].Pow(0), (x[0] * 1e-300).Tanh()]), Dense.Of([finite.Length], finite));
        Agree(Fn.Jit(x => x.ExpandDims(1) / x.ExpandDims(0)), Dense.Of([finite.Length], finite));
    }

    [Test]
    public void A_division_of_integers_throws_as_on_the_host([Values] bool isLong)
    {
        var divide = On(Fn.Jit((x, y) => (isLong ? x.Convert<long>() / y.Convert<long>() : x.Convert<int>() / y.Convert<int>()).Convert<double>()));
        double[] numbers = [9, -9, 8];
        Assert.That(divide.Eval<double>(numbers, (double[])[2, 2, -1]).ToArray(), Is.EqualTo([4.0, -4, -8]));
        Assert.That(() => divide.Eval<double>(numbers, (double[])[2, 0, -1]), Throws.InstanceOf<DivideByZeroException>());
        Assert.That(divide.Eval<double>(numbers, (double[])[1, 1, 1]).ToArray(), Is.EqualTo(numbers), "an error is gone with its call");
    }

    /// <summary>The quotient of a device that cannot throw would leave the carry as it is, and the loop without an end.</summary>
    [TestCase(true), TestCase(false)]
    public void A_loop_in_which_a_division_fails_throws_as_on_the_host(bool isOneKernel)
    {
        TensorExpr Next(TensorExpr carry, TensorExpr by) => carry + 90 / (carry * by);
        var loop = On(Fn.Jit((x, y) => (isOneKernel
            ? Fn.Vmap((a, b) => Fn.While(c => c < 9, c => Next(c, b), a)).Invoke(x.Convert<long>(), y.Convert<long>())
            : Fn.While(c => c.Max() < 9, c => Next(c, y.Convert<long>()), x.Convert<long>())).Convert<double>()));
        double[] numbers = [1, 2, 3];
        Assert.That(loop.Eval<double>(numbers, (double[])[1, 1, 1]).ToArray(), Is.EqualTo([91.0, 47, 33]));
        Assert.That(() => loop.Eval<double>(numbers, (double[])(isOneKernel ? [0, 1, 1] : [0, 1000, 1000])), Throws.InstanceOf<DivideByZeroException>());
        Assert.That(loop.Eval<double>(numbers, (double[])[1, 1, 1]).ToArray(), Is.EqualTo([91.0, 47, 33]), "an error is gone with its call");
    }
}
