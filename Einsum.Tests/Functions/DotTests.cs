using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Pairwise contractions as nests of vmaps around a dot.</summary>
[Parallelizable(ParallelScope.All)]
abstract class DotTests<TTarget> where TTarget : IFunctionTarget
{
    static readonly TensorFunction s_vv = Fn.Dot;
    static readonly TensorFunction s_mv = Fn.Vmap(s_vv, [0, null], 0);
    static readonly TensorFunction s_mv2 = Fn.Vmap(s_vv, [1, null], 0);

    static IEnumerable<TestCaseData> Table =>
    [
        Row("vv", s_vv, "i,i->", [10], [10], []),
        Row("mv", s_mv, "ij,j->i", [5, 10], [10], [5]),
        Row("mv2", s_mv2, "ij,i->j", [10, 5], [10], [5]),
        Row("mm1", Fn.Vmap(s_mv, [null, 1], 1), "ij,jk->ik", [10, 5], [5, 8], [10, 8]),
        Row("mm2", Fn.Vmap(s_mv2, [null, 0], 1), "ij,ki->jk", [10, 5], [8, 10], [5, 8]),
        Row("mm3", Fn.Vmap(s_mv2, [null, 0], 0), "ij,ki->kj", [10, 5], [8, 10], [8, 5]),
        Row("negative axes", Fn.Vmap(s_mv, [null, -1], -1), "ij,jk->ik", [10, 5], [5, 8], [10, 8]),
    ];

    static TestCaseData Row(string name, TensorFunction nest, string equation, Shape left, Shape right, Shape result) =>
        new TestCaseData(nest, equation, left, right, result).SetArgDisplayNames(name);

    [TestCaseSource(nameof(Table))]
    public void A_nest_is_an_equation(TensorFunction nest, string equation, Shape left, Shape right, Shape result)
    {
        Assert.That(nest.Equation, Is.EqualTo(equation));
        var random = new Random(1);
        var (a, b) = (Run.Numbers(random, left), Run.Numbers(random, right));
        var expected = Einsum.Eval<double>(equation, new Operand<double>(a.As<double>(), left), new Operand<double>(b.As<double>(), right));
        var actual = nest.On(TTarget.Engine).Eval<double>(new Operand<double>(a.As<double>(), left), new Operand<double>(b.As<double>(), right));
        Assert.That(actual.ToArray(), Is.EqualTo(expected.ToArray()).Within(1e-12));
        Run.AreClose(Run.Interpreted(nest, a, b)[0], Dense.Of(result, actual.ToArray()));
    }

    [Test]
    public void A_nest_runs_as_one_einsum_without_copies()
    {
        var plan = Fn.Vmap(Fn.Vmap(Fn.Dot, [0, null]), [null, 1], 1).On(TTarget.Engine).Explain<double>([10, 5], [5, 8]);
        Assert.That(plan.Split('\n').Count(line => line.StartsWith("kernel")), Is.EqualTo(1), plan);
    }

    static IEnumerable<int> Seeds => Enumerable.Range(0, TTarget.HasFewSizes ? 8 : 200);

    [TestCaseSource(nameof(Seeds))]
    public void Raising_a_lowered_equation_gives_it_back(int seed)
    {
        var random = new Random(seed);
        var labels = Letters.Take(random.Next(1, 6));
        var terms = Enumerable.Range(0, 2).Select(_ => string.Concat(labels.Where(_ => random.Next(2) == 0).OrderBy(_ => random.Next()))).ToArray();
        var output = string.Concat(terms[0].Union(terms[1]).Where(_ => random.Next(2) == 0).OrderBy(_ => random.Next()));
        var equation = NestEquation.Rename($"{terms[0]},{terms[1]}->{output}");
        var nest = Fn.FromEquation(equation);
        Assert.That(Fn.Raise(nest), Is.EqualTo(equation));

        var sizes = labels.ToDictionary(label => label, _ => random.NextInt64(1, 4));
        var inputs = equation.Split("->")[0].Split(',').Select(term => Run.Numbers(random, [.. term.Select(label => sizes.GetValueOrDefault(label, 2))])).ToArray();
        var expected = Einsum.Eval<double>(equation, new Operand<double>(inputs[0].As<double>(), inputs[0].Shape), new Operand<double>(inputs[1].As<double>(), inputs[1].Shape));
        var actual = Run.Compiled(nest.On(TTarget.Engine), inputs)[0];
        Assert.That(actual.As<double>(), Is.EqualTo(expected.ToArray()).Within(1e-12));
        Run.AreClose(Run.Interpreted(nest, inputs)[0], actual);
    }
}

/// <summary>On the processor.</summary>
sealed class CpuDotTests : DotTests<CpuFunctionConformance.Target>
{
    /// <summary>Every pairwise equation of up to three labels without a diagonal, in every order of the labels.</summary>
    [Test]
    public void Raising_a_lowered_equation_gives_it_back_for_all_of_three_labels()
    {
        string[] terms = ["", "i", "j", "k", "ij", "ji", "ik", "ki", "jk", "kj", "ijk", "ikj", "jik", "jki", "kij", "kji"];
        var equations = new HashSet<string>();
        foreach (var left in terms)
            foreach (var right in terms)
                foreach (var output in terms.Where(term => term.All((left + right).Contains))) equations.Add(NestEquation.Rename($"{left},{right}->{output}"));
        foreach (var equation in equations) Assert.That(Fn.Raise(Fn.FromEquation(equation)), Is.EqualTo(equation));
        Assert.That(equations, Has.Count.GreaterThan(500));
    }
}
