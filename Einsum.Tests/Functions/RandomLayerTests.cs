using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Random contractions of computed operands, gone on with: any order of axes, equal sizes, small ones, a batch, several rows, sums and threads.</summary>
[Parallelizable(ParallelScope.All)]
sealed class RandomLayerTests
{
    const int Cases = 30;
    const double MostProducts = 1e7;

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

    [Test]
    public void Compiled_agrees_with_the_interpreter_with_any_number_of_threads([Range(1, 8)] int seed)
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
            Run.AgreesForAnyThreads(function, [.. shapes.Select(shape => Run.Numbers(random, shape))], $"seed {seed}, case {i}: {string.Join(' ', terms)}, {string.Join(' ', shapes)}");

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

    /// <summary>Blocks that are asked for together depend on the threads; which elements a vector has must not show.</summary>
    [Test]
    public void Functions_of_elements_give_the_same_bits_for_any_number_of_threads(
        [Values("exp", "log", "sin", "cos", "tanh", "erf", "log1p", "expm1", "pow")] string name, [Values("ik,kj->ij", "ki,kj->ji")] string equation, [Values(0, 3)] int large)
    {
        Func<TensorExpr, TensorExpr> map = name switch
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
        foreach (var (m, k, n) in ((long, long, long)[])[(197, 160, 203), (163, 300, 1027), (3, 1000, 2051)])
        {
            var random = new Random(3);
            Dense[] operands = [Run.Numbers(random, equation[0] == 'i' ? [m, k] : [k, m]), Run.Numbers(random, [k, n])];
            // Numbers that have a way of their own, or none.
            for (var i = 0; i < large; i++) operands[0].As<double>()[37 * i * i] = i % 2 == 0 ? 1e6 : double.NaN;
            Run.AgreesForAnyThreads(Fn.JitAll(x => [map(Fn.Einsum(equation, map(x[0]), map(x[1])) * 0.001)]), operands, $"{name} {equation} {m} {k} {n}");
        }
    }

    [Test]
    public void Axes_of_one_size_are_not_taken_for_each_other()
    {
        var random = new Random(4);
        Run.AgreesForAnyThreads(Fn.Jit((x, v) => Fn.Einsum("ji,j->i", x.Exp(), v)), [Run.Numbers(random, [90, 90]), Run.Numbers(random, [90])], "a transposed matrix and a vector");
        Run.AgreesForAnyThreads(Fn.Jit((x, v) => Fn.Einsum("ji,j->i", x.Exp(), v)), [Run.Numbers(random, [900, 900]), Run.Numbers(random, [900])], "a large one");
        Run.AgreesForAnyThreads(Fn.Jit((x, v) => x.Exp().Transpose().MatMul(v)), [Run.Numbers(random, [800, 800]), Run.Numbers(random, [800])], "a transposition");
        Run.AgreesForAnyThreads(Fn.Jit((x, v) => Fn.Einsum("ij,i->j", x.Exp(), v)), [Run.Numbers(random, [800, 800]), Run.Numbers(random, [800])], "columns");
        Run.AgreesForAnyThreads(Fn.Jit((x, v) => Fn.Einsum("bji,bj->bi", x.Exp(), v)), [Run.Numbers(random, [5, 300, 300]), Run.Numbers(random, [5, 300])], "a batch");
        Run.AgreesForAnyThreads(Fn.Jit((x, v) => Fn.Einsum("bik,bk->ib", x, v) + 1), [Run.Numbers(random, [7, 7, 9]), Run.Numbers(random, [7, 9])], "a batch in another order");
        Run.AgreesForAnyThreads(Fn.Jit((x, y) => Fn.Einsum("ij,ji->", x.Exp(), y)), [Run.Numbers(random, [70, 70]), Run.Numbers(random, [70, 70])], "everything");
        Run.AgreesForAnyThreads(Fn.Jit((x, y) => Fn.Einsum("ij,ji->ij", x.Exp(), y)), [Run.Numbers(random, [30, 30]), Run.Numbers(random, [30, 30])], "nothing");
        Run.AgreesForAnyThreads(Fn.Jit((x, v) => Fn.ForiLoop(0, 3, (_, y) => Fn.Einsum("ji,j->i", x, y) * 0.1, v)), [Run.Numbers(random, [20, 20]), Run.Numbers(random, [20])], "in a loop");
    }
}
