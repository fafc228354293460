using System.Collections.Immutable;

namespace EinsumNet.Tests.Facade;

/// <summary>Path finders of the user's own.</summary>
sealed class CustomPathTests
{
    sealed class Fixed(Func<ContractionPath> find) : IPathFinder
    {
        internal ContractionProblem? Problem { get; private set; }

        public string Name => "fixed";

        public ContractionPath Find(ContractionProblem problem)
        {
            Problem = problem;
            return find();
        }
    }

    [Test]
    public void The_plan_follows_it()
    {
        var plan = Plan(new Fixed(() => new ContractionPath([[1, 2], [0, 1]], "because")));
        Assert.That(plan.Steps.Select(step => step.Contraction), Is.EqualTo(new[] { "jk,kl->jl", "ij,jl->il" }));
        Assert.That(plan.ToString(), Does.Contain("path       (1, 2), (0, 1)   by fixed: because\n"));
    }

    [Test]
    public void It_is_told_the_problem()
    {
        var finder = new Fixed(() => ContractionPath.Single(3));
        new EinsumEngine(new EinsumOptions { PathFinder = finder, MemoryLimit = 800 }).Plan<float>("iij,jk,ka->ka", [2, 2, 3], [3, 1], [1, 5]);
        Assert.That(finder.Problem!.Inputs, Is.EqualTo(new[] { new[] { 0, 1 }, [1], [2] }));
        Assert.That(finder.Problem.Output, Is.EqualTo(new[] { 2 }));
        Assert.That(finder.Problem.Sizes, Is.EqualTo(new[] { 2, 3, 5 }));
        Assert.That(finder.Problem.MaxIntermediate, Is.EqualTo(200));
    }

    [Test]
    public void It_is_not_asked_where_there_is_no_choice()
    {
        var finder = new Fixed(() => throw new InvalidOperationException());
        var engine = new EinsumEngine(new EinsumOptions { PathFinder = finder });
        Assert.That(engine.Eval("i,i->", Values.Vector, Values.Vector)[0], Is.EqualTo(10101));
    }

    static IEnumerable<TestCaseData> Invalid()
    {
        yield return Case("no steps", [], "it has no step");
        yield return Case("an empty step", [[], [0, 1, 2]], "a step is empty");
        yield return Case("a default step", [[0, 1], default], "a step is empty");
        yield return Case("a position twice", [[1, 1], [0, 1]], "step (1, 1) names a position twice");
        yield return Case("a position too far", [[0, 3], [0, 1]], "step (0, 3) names a position outside of the 3 operands that are left");
        yield return Case("a negative position", [[-1, 0], [0, 1]], "step (-1, 0) names a position outside of the 3 operands that are left");
        yield return Case("an operand left", [[0, 1]], "2 operands are left at its end");
        yield return Case("a step too many", [[0, 1, 2], [0, 1]], "step (0, 1) names a position outside of the 1 operands that are left");

        static TestCaseData Case(string name, ImmutableArray<int>[] steps, string why) => new TestCaseData(steps, why).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Invalid))]
    public void What_is_no_path_is_refused(ImmutableArray<int>[] steps, string why) => IsRefused(() => new ContractionPath([.. steps]), why);

    [Test]
    public void Nothing_is_no_path()
    {
        IsRefused(() => null!, "it is null");
        IsRefused(() => new ContractionPath(default), "it has no step");
    }

    [Test]
    public void Single_steps_only_sum_or_copy()
    {
        var plan = Plan(new Fixed(() => new ContractionPath([[1], [0], [0, 1, 2]])));
        Assert.That(plan.Path.ToString(), Is.EqualTo("(1), (0), (0, 1, 2)"));
        Assert.That(plan.ResultShape, Is.EqualTo(Shape.Create([2L, 5])));
    }

    [Test]
    public void Over_the_memory_limit() =>
        Assert.That(() => new EinsumEngine(new EinsumOptions { MemoryLimit = 100, PathFinder = new Fixed(() => new ContractionPath([[1, 2], [0, 1]])) })
            .Plan("ij,jk,kl->il", [2, 3], [3, 4], [4, 5]), Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo("EIN0306"));

    static void IsRefused(Func<ContractionPath> find, string why) =>
        Assert.That(() => Plan(new Fixed(find)), Throws.TypeOf<EinsumException>().With.Message.EqualTo($"EIN0301: the contraction path of fixed is not valid: {why}."));

    static EinsumPlan Plan(Fixed finder) => new EinsumEngine(new EinsumOptions { PathFinder = finder }).Plan("ij,jk,kl->il", [2, 3], [3, 4], [4, 5]);
}
