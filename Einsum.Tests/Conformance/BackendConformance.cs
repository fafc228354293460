namespace EinsumNet.Tests.Conformance;

/// <summary>A backend under forced options.</summary>
interface IConformanceTarget
{
    /// <summary>The options of the engine.</summary>
    static abstract EinsumOptions Options { get; }

    /// <summary>What the backend supports.</summary>
    static abstract ElementType[] Elements { get; }

    /// <summary>How many random equations each test runs, fewer where kernels take long to compile.</summary>
    static virtual int Equations(ElementType element) => 100;

    /// <summary>Whether the large equations are run, too.</summary>
    static virtual bool HasLarge(ElementType element) => true;
}

/// <summary>Every backend against the meaning of equations: the same tests, one subclass per backend and option.</summary>
[Parallelizable(ParallelScope.All)]
abstract class BackendConformance<TTarget> where TTarget : IConformanceTarget
{
    protected static EinsumEngine Engine { get; } = new(TTarget.Options with { OutputDiagonal = true, Sizes = EquationCase.GivenSizes });

    /// <summary>Large enough for packing, for blocks and for threads.</summary>
    protected static EquationCase[] Large { get; } =
    [
        new("ij,jk->ik", [[37, 41], [41, 35]]),
        new("bij,bkj->bik", [[5, 17, 33], [5, 19, 33]]),
        new("ij,j->i", [[170, 260], [260]]),
        new("ijkl->ljik", [[9, 17, 13, 18]]),
        new("ij,ij->", [[211, 199], [211, 199]]),
        new("i,j->ij", [[190], [210]]),
        new("ijk->j", [[31, 33, 35]]),
        new("ji->i", [[310, 120]]),
        new("ij,jk,kl->il", [[16, 17], [17, 12], [12, 15]]),
    ];

    static IEnumerable<ElementType> LargeElements => Elements.Where(TTarget.HasLarge);

    protected static IEnumerable<ElementType> Elements => TTarget.Elements;

    protected static IEnumerable<ElementType> Reals => Elements.Intersect([ElementType.Float, ElementType.Double, ElementType.Half]);

    [Test]
    public void Random_equations([ValueSource(nameof(Elements))] ElementType element) =>
        ForEach(element, 100, (run, source, seed) => run.Eval(source, seed));

    [Test]
    public void Random_destinations([ValueSource(nameof(Elements))] ElementType element) =>
        ForEach(element, 200, (run, source, seed) => run.EvalInto(source, seed));

    [Test]
    public void Destinations_over_operands([ValueSource(nameof(Elements))] ElementType element) =>
        ForEach(element, 300, (run, source, seed) => run.EvalIntoOverlap(source, seed));

    [Test]
    public void The_same_bits_again([ValueSource(nameof(Elements))] ElementType element)
    {
        ForEach(element, 400, (run, source, seed) => run.Repeat(source, seed));
        if (!TTarget.HasLarge(element)) return;
        foreach (var (i, source) in Large.Index()) ConformanceRun.For(element, Engine).Repeat(source, i);
    }

    [Test]
    public void Large_equations([ValueSource(nameof(LargeElements))] ElementType element)
    {
        foreach (var (i, source) in Large.Index()) ConformanceRun.For(element, Engine).Eval(source, i);
    }

    [Test]
    public void Nan_is_where_the_naive_loop_has_it([ValueSource(nameof(Reals))] ElementType element) =>
        ForEachSpecial(element, [double.NaN]);

    [Test]
    public void Infinities_are_not_lost([ValueSource(nameof(Reals))] ElementType element) =>
        ForEachSpecial(element, [double.PositiveInfinity, double.NegativeInfinity, 0]);

    [Test]
    public void Half_is_summed_in_float()
    {
        if (!Elements.Contains(ElementType.Half)) return;
        var ones = Enumerable.Repeat(Half.One, 4096).ToArray();
        Assert.That(Engine.Eval("i,i->", ones, ones)[0], Is.EqualTo((Half)4096));
        Assert.That(Engine.Eval("i->", ones)[0], Is.EqualTo((Half)4096));
    }

    static void ForEachSpecial(ElementType element, double[] values)
    {
        var generator = new EquationGenerator(500 + (int)element, extensions: true);
        for (var i = 0; i < 2 * TTarget.Equations(element); i++) SpecialValues.Check(Engine, element, generator.Next(), values, i);
    }

    static void ForEach(ElementType element, int seed, Action<ConformanceRun, EquationCase, int> check)
    {
        var (run, generator) = (ConformanceRun.For(element, Engine), new EquationGenerator(seed + (int)element, extensions: true));
        for (var i = 0; i < TTarget.Equations(element); i++) check(run, generator.Next(), i);
    }
}
