using System.Collections.Immutable;
using System.Text.Json;
using EinsumNet.Tests.Conformance;

namespace EinsumNet.Tests.Lowering;

/// <summary>The library's path finders, against all trees where there are few, and against opt_einsum on networks.</summary>
[Parallelizable(ParallelScope.All)]
sealed class PathFinderTests
{
    static readonly IPathFinder[] s_finders = [PathFinder.Auto, PathFinder.Optimal, PathFinder.Greedy];

    static readonly JsonSerializerOptions s_snakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>A network as Data/paths has it.</summary>
    sealed record Network(string Name, string[][] Inputs, string[] Output, Dictionary<string, long> SizeDict)
    {
        internal static Network Read(string name) =>
            JsonSerializer.Deserialize<Network>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", "paths", $"{name}.json")), s_snakeCase)!;

        internal ContractionProblem Problem(double? maxIntermediate = null)
        {
            var ids = SizeDict.Keys.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
            return new(
                [.. Inputs.Select(input => input.Select(label => ids[label]).ToImmutableArray())], [.. Output.Select(label => ids[label])], [.. SizeDict.Values], maxIntermediate);
        }
    }

    [Test]
    public void Optimal_is_the_least_of_all_trees()
    {
        var generator = new EquationGenerator(1);
        for (var i = 0; i < 300; i++)
        {
            var source = generator.Next();
            var problem = Problems.Of(Binder.Bind(source.Equation, [.. source.Shapes.Select(sizes => Shape.Create(sizes))], BindingRules.Default));
            foreach (var finder in new[] { PathFinder.Optimal, PathFinder.Auto })
                Assert.That(PathCost.Of(problem, finder.Find(problem)), source.Operands == 1 ? Is.GreaterThanOrEqualTo(0) : Is.EqualTo(PathCost.Least(problem)), source.ToString());
        }
    }

    [Test]
    public void Every_path_is_valid([ValueSource(nameof(s_finders))] IPathFinder finder)
    {
        var generator = new EquationGenerator(2);
        for (var i = 0; i < 300; i++)
        {
            var source = generator.Next();
            var problem = Problems.Of(Binder.Bind(source.Equation, [.. source.Shapes.Select(sizes => Shape.Create(sizes))], BindingRules.Default));
            Assert.That(finder.Find(problem).WhyInvalid(source.Operands), Is.Null, source.ToString());
        }
    }

    [TestCase("small_n10_r3_s0", 5.0894)]
    public void Optimal_finds_what_opt_einsum_finds(string name, double log10) =>
        Assert.That(Math.Log10(PathCost.Of(Network.Read(name).Problem(), PathFinder.Optimal.Find(Network.Read(name).Problem()))), Is.EqualTo(log10).Within(1e-4));

    /// <summary>opt_einsum's greedy finds 5.2207, 5.5568 and 5.0809; may these figures fall.</summary>
    [TestCase("small_n10_r3_s0", 5.2208)]
    [TestCase("lat3d_3x3x3", 5.6633)]
    [TestCase("qft14", 5.7012)]
    public void Greedy_is_no_worse_than_it_was(string name, double log10)
    {
        var problem = Network.Read(name).Problem();
        var path = PathFinder.Greedy.Find(problem);
        Assert.That(path.WhyInvalid(problem.Inputs.Length), Is.Null);
        Assert.That(path.Steps.All(step => step.Length == 2));
        Assert.That(Math.Log10(PathCost.Of(problem, path)), Is.LessThanOrEqualTo(log10));
        Assert.That(PathFinder.Greedy.Find(problem), Is.EqualTo(path));
    }

    [TestCase("lat3d_3x3x3", 1 << 9)]
    [TestCase("qft14", 1 << 10)]
    [TestCase("small_n10_r3_s0", 300)]
    public void Greedy_keeps_to_a_limit(string name, double most)
    {
        var network = Network.Read(name);
        var path = PathFinder.Greedy.Find(network.Problem(most));
        Assert.That(path.WhyInvalid(network.Inputs.Length), Is.Null);
        Assert.That(path.Steps[^1].Length, Is.GreaterThan(2));
        Assert.That(path.Remark, Does.Contain("memory limit"));
    }

    [Test]
    public void A_path_prints_itself_and_equals_its_like()
    {
        var path = new ContractionPath([[0, 2], [0, 1]], "a remark");
        Assert.That(path.ToString(), Is.EqualTo("(0, 2), (0, 1)"));
        Assert.That(path, Is.EqualTo(new ContractionPath([[0, 2], [0, 1]])));
        Assert.That(path.GetHashCode(), Is.EqualTo(new ContractionPath([[0, 2], [0, 1]]).GetHashCode()));
        Assert.That(path, Is.Not.EqualTo(new ContractionPath([[0, 1], [0, 1]])));
    }
}
