using System.Numerics.Tensors;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Facade;

/// <summary>What is kept, what is shared, and that it is bounded.</summary>
sealed class CacheTests
{
    [Test]
    public void A_second_call_finds_everything()
    {
        var engine = Engine();
        engine.Eval("ij,j->i", Values.Matrix, Values.Vector);
        Assert.That(engine.Statistics, Is.EqualTo(new EinsumStatistics(new(0, 1, 0, 1), new(0, 1, 0, 1), new(0, 1, 0, 1))));
        engine.Eval("ij,j->i", Values.Matrix, Values.Vector);
        Assert.That(engine.Statistics, Is.EqualTo(new EinsumStatistics(new(1, 1, 0, 1), new(0, 1, 0, 1), new(0, 1, 0, 1))));
    }

    [Test]
    public void Other_strides_share_the_plan()
    {
        var engine = Engine();
        engine.Eval("ij->i", Values.Range<int>(4, 4));
        engine.Eval("ij->i", Values.Range<int>(4, 4).PermuteDimensions([1, 0]));
        Assert.That(engine.Statistics.Calls, Is.EqualTo(new CacheStatistics(0, 2, 0, 2)));
        Assert.That(engine.Statistics.Plans, Is.EqualTo(new CacheStatistics(1, 1, 0, 1)));
    }

    [TestCase("ab,bc->ac")]
    [TestCase("[a b],[b c]->[a c]")]
    [TestCase("Ax,xz")]
    public void Equal_loop_nests_share_one_kernel(string equation)
    {
        var engine = Engine();
        engine.Eval("ij,jk->ik", Values.Range<int>(2, 3), Values.Range<int>(3, 4));
        engine.Eval(equation, Values.Range<int>(2, 3), Values.Range<int>(3, 4));
        Assert.That(engine.Statistics.Kernels, Is.EqualTo(new CacheStatistics(1, 1, 0, 1)));
    }

    [Test]
    public void Engines_of_one_backend_share_kernels()
    {
        var backend = new CpuBackend();
        foreach (var threads in new[] { 1, 2 })
            new EinsumEngine(new EinsumOptions { Backend = backend, MaxThreads = threads }).Eval("ij->ji", Values.Matrix);
        Assert.That(backend.KernelStatistics, Is.EqualTo(new CacheStatistics(1, 1, 0, 1)));
    }

    [Test]
    public void Element_types_do_not_share()
    {
        var engine = Engine();
        Assert.That(engine.Eval("i->", new[] { 1.5, 2 })[0], Is.EqualTo(3.5));
        Assert.That(engine.Eval("i->", new[] { 1, 2 })[0], Is.EqualTo(3));
        Assert.That(engine.Eval("i->", new[] { true, false })[0], Is.True);
        Assert.That(engine.Statistics.Kernels.Misses, Is.EqualTo(3));
    }

    [Test]
    public void What_an_engine_keeps_is_bounded()
    {
        var engine = Engine(capacity: 10);
        for (var size = 1; size <= 100; size++)
            Assert.That(engine.Eval("i->", new double[size].Select((_, i) => i + 1.0).ToArray())[0], Is.EqualTo(size * (size + 1) / 2));
        Assert.That(engine.Statistics.Calls.Count, Is.LessThanOrEqualTo(10));
        Assert.That(engine.Statistics.Plans.Count, Is.LessThanOrEqualTo(10));
        Assert.That(engine.Statistics.Calls.Evictions, Is.EqualTo(100 - engine.Statistics.Calls.Count));
    }

    [Test]
    public void What_is_used_stays()
    {
        var engine = Engine(capacity: 16);
        for (var size = 2; size < 100; size++)
        {
            engine.Eval("i->", Values.Vector);
            engine.Eval("i->", new double[size + 2]);
        }
        Assert.That(engine.Statistics.Calls.Hits, Is.GreaterThanOrEqualTo(90));
    }

    [Test]
    public void What_is_wrong_is_not_kept()
    {
        var engine = Engine();
        for (var i = 0; i < 3; i++) Assert.That(() => engine.Eval("ij->i", Values.Vector), Throws.TypeOf<EinsumException>());
        Assert.That((engine.Statistics.Calls.Count, engine.Statistics.Plans.Count), Is.EqualTo((0, 0)));
        Assert.That(engine.Eval("i->", Values.Vector)[0], Is.EqualTo(111));
    }

    static EinsumEngine Engine(int capacity = 100) => new(new EinsumOptions { Backend = new CpuBackend(), CacheCapacity = capacity });
}
