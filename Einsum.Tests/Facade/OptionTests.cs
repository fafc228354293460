using System.Numerics;

namespace EinsumNet.Tests.Facade;

/// <summary>What each option changes.</summary>
sealed class OptionTests
{
    [Test]
    public void OutputDiagonal()
    {
        var engine = new EinsumEngine(new EinsumOptions { OutputDiagonal = true });
        Assert.That(engine.Eval("i->ii", new[] { 1, 2 }).Elements(), Is.EqualTo(new[] { 1, 0, 0, 2 }));
        Assert.That(engine.Eval("ij->iji", new[,] { { 1, 2 }, { 3, 4 } }).Elements(), Is.EqualTo(new[] { 1, 0, 2, 0, 0, 3, 0, 4 }));
        Assert.That(engine.Eval("ij,jk->ii", new[,] { { 1, 2 } }, new[,] { { 3 }, { 4 } }).Elements(), Is.EqualTo(new[] { 11 }));
        Code("EIN0205", () => Einsum.Eval("i->ii", new[] { 1, 2 }));
    }

    [Test]
    public void Sizes_repeat_the_result()
    {
        var engine = new EinsumEngine(new EinsumOptions { Sizes = new Dictionary<string, long> { ["j"] = 3, ["empty"] = 0 } });
        Assert.That(engine.Eval("i->ij", new[] { 1, 2 }).Elements(), Is.EqualTo(new[] { 1, 1, 1, 2, 2, 2 }));
        Assert.That(engine.Eval("->j", 7).Elements(), Is.EqualTo(new[] { 7, 7, 7 }));
        Assert.That(engine.Eval("[i]->[empty i]", new[] { 1, 2 }).Shape(), Is.EqualTo(new long[] { 0, 2 }));
        Assert.That(engine.Eval("ij->i", new int[2, 3]).Elements(), Is.EqualTo(new[] { 0, 0 }));
        Code("EIN0209", () => engine.Eval("ij->i", new int[2, 4]));
        Code("EIN0206", () => engine.Eval("i->ik", new[] { 1, 2 }));
    }

    [Test]
    public void Strict_refuses_to_broadcast()
    {
        var engine = new EinsumEngine(new EinsumOptions { Broadcasting = Broadcasting.Strict });
        Code("EIN0211", () => engine.Eval("ij,jk->ik", new int[2, 1], new int[3, 2]));
        Code("EIN0211", () => engine.Eval("...i,...->", new int[4, 2], new int[1]));
        Assert.That(engine.Eval("ij,jk->ik", new int[2, 1], new int[1, 2]).Shape(), Is.EqualTo(new long[] { 2, 2 }));
        Assert.That(engine.Eval("...i,i->...", new int[4, 2], new int[2]).Shape(), Is.EqualTo(new long[] { 4 }));
    }

    [Test]
    public void AccumulateIn_a_wider_type()
    {
        Assert.That(Sum<sbyte>(typeof(int), 100, 100, -100, -1), Is.EqualTo(99));
        Assert.That(Sum<float>(typeof(double), 1e8f, 1, 1, 1, -1e8f), Is.EqualTo(3));
        Assert.That(Sum<Half>(typeof(double), (Half)60000, (Half)60000, (Half)(-60000)), Is.EqualTo((Half)60000));
        Assert.That(Sum<byte>(typeof(long), 200, 50), Is.EqualTo(250));
    }

    [Test]
    public void AccumulateIn_the_element_type_itself_changes_nothing() =>
        Assert.That(Sum<sbyte>(typeof(sbyte), 100, 100), Is.EqualTo(-56));

    [Test]
    public void AccumulateIn_only_what_widens()
    {
        Code("EIN0303", () => Sum<double>(typeof(float), 1));
        Code("EIN0303", () => Sum<uint>(typeof(int), 1));
        Code("EIN0303", () => Sum<int>(typeof(ulong), 1));
        Code("EIN0303", () => Sum<int>(typeof(double), 1));
        Code("EIN0303", () => Sum<Half>(typeof(Half), Half.One));
        Code("EIN0303", () => Sum<Complex>(typeof(double), Complex.One));
        Code("EIN0302", () => Sum<int>(typeof(decimal), 1));
        Code("EIN0302", () => Einsum.Eval("i->", new[] { 1m }));
    }

    [Test]
    public void MemoryLimit_keeps_intermediates_small()
    {
        // Two operands at a time, a 20 by 20 intermediate would be made: 3200 bytes.
        Shape[] shapes = [[20, 2], [20, 2], [20, 2]];
        Assert.That(Einsum.Plan("ai,bi,ci->abc", shapes).Kernels.WorkspaceBytes, Is.GreaterThanOrEqualTo(3200));
        foreach (var finder in new[] { PathFinder.Auto, PathFinder.Optimal, PathFinder.Greedy })
        {
            var engine = new EinsumEngine(new EinsumOptions { MemoryLimit = 3199, PathFinder = finder });
            Assert.That(engine.Plan("ai,bi,ci->abc", shapes).Kernels.WorkspaceBytes, Is.Zero, finder.Name);
            Assert.That(engine.Eval("ai,bi,ci->abc", Values.Range<int>(20, 2), Values.Range<int>(20, 2), Values.Range<int>(20, 2)).Elements(),
                Is.EqualTo(Einsum.Eval("ai,bi,ci->abc", Values.Range<int>(20, 2), Values.Range<int>(20, 2), Values.Range<int>(20, 2)).Elements()));
        }
        Assert.That(new EinsumEngine(new EinsumOptions { MemoryLimit = 8 }).Eval("ij,jk,kl->il", Values.Range<int>(2, 2), Values.Range<int>(2, 2), Values.Range<int>(2, 2)).Elements(),
            Is.EqualTo(new[] { 6, 11, 22, 39 }));
    }

    [Test]
    public void MaxThreads_changes_no_integer([Values(1, 2, 5)] int threads) =>
        Assert.That(new EinsumEngine(new EinsumOptions { MaxThreads = threads }).Eval("ij,jk->ik", Values.Range<int>(65, 129), Values.Range<int>(129, 67)).Elements(),
            Is.EqualTo(Einsum.Eval("ij,jk->ik", Values.Range<int>(65, 129), Values.Range<int>(129, 67)).Elements()));

    [Test]
    public void Cancellation()
    {
        using var source = new CancellationTokenSource();
        var engine = new EinsumEngine(new EinsumOptions { Cancellation = source.Token });
        Assert.That(engine.Eval("i->", Values.Vector)[0], Is.EqualTo(111));
        source.Cancel();
        Assert.That(() => engine.Eval("i->", Values.Vector), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => engine.Compile<double>("i->", [3]).Invoke(Values.Vector), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Options_out_of_their_range()
    {
        Code("EIN0305", () => new EinsumEngine(new EinsumOptions { MaxThreads = 0 }));
        Code("EIN0305", () => new EinsumEngine(new EinsumOptions { CacheCapacity = 0 }));
        Code("EIN0305", () => new EinsumEngine(new EinsumOptions { MemoryLimit = -1 }));
    }

    static T Sum<T>(Type accumulator, params T[] values) where T : unmanaged, INumberBase<T> =>
        new EinsumEngine(new EinsumOptions { AccumulateIn = accumulator }).Eval("i->", values)[0];

    static void Code(string code, Action call) => Assert.That(call, Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo(code));
}
