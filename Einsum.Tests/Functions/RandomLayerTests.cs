using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Random contractions of computed operands, gone on with: any order of axes, equal sizes, small ones, a batch, several rows and sums.</summary>
[Parallelizable(ParallelScope.All)]
abstract class RandomLayerTests<TTarget> where TTarget : IFunctionTarget
{
    static int Cases => TTarget.HasFewSizes ? 3 : 30;

    static double MostProducts => TTarget.HasFewSizes ? 2e5 : 1e7;

    static readonly Func<TensorExpr, TensorExpr, TensorExpr>[] s_maps =
    [
        (x, _) => x,
        (x, _) => x * 2,
        (x, y) => x * y - 1,
        (x, y) => Fn.Max(x, y),
        (x, y) => ((x + y) * 0.3).Exp(),
        (x, y) => (x * x + 1).Log() + y,
        (x, y) => x.Sin() * y.Tanh(),
    ];

    protected static void Agree(TensorFunction function, Dense[] doubles, string about)
    {
        if (TTarget.HasFewSizes) Run.AreClose(Run.Compiled(function.On(TTarget.Engine), doubles)[0], Run.Interpreted(function, doubles)[0], about, 1e-10);
        else Run.AgreesForAnyThreads(function, doubles, about);
    }

    static IEnumerable<int> Seeds => Enumerable.Range(1, TTarget.HasFewSizes ? 2 : 8);

    [TestCaseSource(nameof(Seeds))]
    public void Random_layers_agree(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < Cases; i++)
        {
            var sizes = "bhijkl".ToDictionary(label => label, label => label is 'h' or 'l' ? random.NextInt64(1, 8) : random.Next(8) == 0 ? random.NextInt64(0, 4) : random.NextInt64(1, random.Next(3) switch { 0 => 20, 1 => 90, _ => 400 }));
            // Equal sizes show what takes one axis for another.
            if (random.Next(2) == 0) sizes['j'] = sizes['i'];
            if (random.Next(2) == 0) sizes['k'] = sizes['i'];
            if (random.Next(3) == 0) sizes['b'] = sizes['i'] = random.NextInt64(1, 12);
            var (batch, rows, sums) = (random.Next(3) == 0 ? "b" : "", random.Next(4) == 0 ? "hi" : "i", random.Next(6) == 0 ? "lk" : "k");
            var columns = random.Next(6) == 0 ? "" : "j";
            string[] terms = [Mix(batch + rows + sums), Mix(batch + sums + columns), Mix(batch + rows + columns)];
            if ((batch + rows + sums + columns).Aggregate(1.0, (product, label) => product * sizes[label]) > MostProducts) continue;
            Shape[] shapes = [.. terms.Take(2).Select(Whole), .. terms.Select(Others)];
            var maps = terms.Select(_ => s_maps[random.Next(s_maps.Length)]).ToArray();
            var function = Fn.JitAll(x => [maps[2](Fn.Einsum($"{terms[0]},{terms[1]}->{terms[2]}", maps[0](x[0], x[2]), maps[1](x[1], x[3])) * 0.01, x[4])]);
            Agree(function, [.. shapes.Select(shape => Run.Numbers(random, shape))], $"seed {seed}, case {i}: {string.Join(' ', terms)}, {string.Join(' ', shapes)}");

            Shape Whole(string term) => [.. term.Select(label => sizes[label])];

            // What is broadcast against a tensor: some of its last axes, some of them of size 1.
            Shape Others(string term) => [.. term.Skip(random.Next(term.Length + 1)).Select(label => random.Next(2) == 0 ? 1L : sizes[label])];
        }

        string Mix(string labels)
        {
            var mixed = labels.ToCharArray();
            if (random.Next(2) == 0) random.Shuffle(mixed);
            return new string(mixed);
        }
    }

    static Func<TensorExpr, TensorExpr> Map(string name) => name switch
    {
        "exp" => x => x.Exp(),
        "log" => x => (x + 1).Log(),
        "sin" => x => (x * 3).Sin(),
        "cos" => x => (x * 3).Cos(),
        "tanh" => x => x.Tanh(),
        "erf" => x => x.Erf(),
        "log1p" => x => x.Abs().Log1p(),
        "expm1" => x => x.Expm1(),
        _ => x => x.Abs().Pow(1.3),
    };

    protected static void Agree(string name, string equation, int large, (long M, long K, long N) sizes)
    {
        var ((m, k, n), random, map) = (sizes, new Random(3), Map(name));
        Dense[] operands = [Run.Numbers(random, equation[0] == 'i' ? [m, k] : [k, m]), Run.Numbers(random, [k, n])];
        // Numbers that have a way of their own, or none.
        for (var i = 0; i < large; i++) operands[0].As<double>()[37 * i * i] = i % 2 == 0 ? 1e6 : double.NaN;
        Agree(Fn.JitAll(x => [map(Fn.Einsum(equation, map(x[0]), map(x[1])) * 0.001)]), operands, $"{name} {equation} {m} {k} {n}");
    }

    static string[] Names => TTarget.HasFewSizes ? ["pow"] : ["exp", "log", "sin", "cos", "tanh", "erf", "log1p", "expm1", "pow"];

    [Test]
    public void Functions_of_elements_agree([ValueSource(nameof(Names))] string name) => Agree(name, "ki,kj->ji", 3, (19, 16, 33));

    static IEnumerable<TestCaseData> EqualAxes => AllEqualAxes.Where((_, i) => !TTarget.HasFewSizes || i % 3 == 2);

    static IEnumerable<TestCaseData> AllEqualAxes =>
    [
        Case("a transposed matrix and a vector", (x, v) => Fn.Einsum("ji,j->i", x.Exp(), v), [90, 90], [90]),
        Case("a large one", (x, v) => Fn.Einsum("ji,j->i", x.Exp(), v), [900, 900], [900]),
        Case("a transposition", (x, v) => x.Exp().Transpose().MatMul(v), [800, 800], [800]),
        Case("columns", (x, v) => Fn.Einsum("ij,i->j", x.Exp(), v), [800, 800], [800]),
        Case("a batch", (x, v) => Fn.Einsum("bji,bj->bi", x.Exp(), v), [5, 300, 300], [5, 300]),
        Case("a batch in another order", (x, v) => Fn.Einsum("bik,bk->ib", x, v) + 1, [7, 7, 9], [7, 9]),
        Case("everything", (x, y) => Fn.Einsum("ij,ji->", x.Exp(), y), [70, 70], [70, 70]),
        Case("nothing", (x, y) => Fn.Einsum("ij,ji->ij", x.Exp(), y), [30, 30], [30, 30]),
        Case("in a loop", (x, v) => Fn.ForiLoop(0, 3, (_, y) => Fn.Einsum("ji,j->i", x, y) * 0.1, v), [20, 20], [20]),
    ];

    static TestCaseData Case(string name, Func<TensorExpr, TensorExpr, TensorExpr> function, params Shape[] shapes) => new TestCaseData(Fn.Jit(function), shapes).SetArgDisplayNames(name);

    [TestCaseSource(nameof(EqualAxes))]
    public void Axes_of_one_size_are_not_taken_for_each_other(TensorFunction function, Shape[] shapes)
    {
        var random = new Random(4);
        Agree(function, [.. shapes.Select(shape => Run.Numbers(random, shape))], string.Join(' ', shapes));
    }
}

/// <summary>On the processor, with any number of threads.</summary>
sealed class CpuRandomLayerTests : RandomLayerTests<CpuFunctionConformance.Target>
{
    /// <summary>Blocks that are asked for together depend on the threads; which elements a vector has must not show.</summary>
    [Test]
    public void Functions_of_elements_give_the_same_bits_for_any_number_of_threads(
        [Values("exp", "log", "sin", "cos", "tanh", "erf", "log1p", "expm1", "pow")] string name, [Values("ik,kj->ij", "ki,kj->ji")] string equation, [Values(0, 3)] int large)
    {
        foreach (var sizes in ((long, long, long)[])[(197, 160, 203), (163, 300, 1027), (3, 1000, 2051)]) Agree(name, equation, large, sizes);
    }
}
