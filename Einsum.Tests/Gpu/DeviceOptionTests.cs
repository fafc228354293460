namespace EinsumNet.Tests.Gpu;

/// <summary>What each option of an engine changes on a device.</summary>
sealed class DeviceOptionTests
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();

    static EinsumEngine Engine(EinsumOptions options) => new(options with { Backend = TestDevices.Backend });

    [Test]
    public void AccumulateIn_a_wider_type()
    {
        Assert.That(Engine(new EinsumOptions { AccumulateIn = typeof(int) }).Eval<sbyte>("i->", new sbyte[] { 100, 100, -100, -1 })[0], Is.EqualTo(99));
        Assert.That(Engine(new EinsumOptions { AccumulateIn = typeof(double) }).Eval<float>("i->", new[] { 1e8f, 1, 1, 1, -1e8f })[0], Is.EqualTo(3));
        // In float itself the product of the first row would be lost in that of the second.
        var product = Engine(new EinsumOptions { AccumulateIn = typeof(double) }).Eval<float>("ij,jk->ik", new[,] { { 1e8f, 1, -1e8f } }, new[,] { { 1f }, { 1 }, { 1 } });
        Assert.That(product.ToArray(), Is.EqualTo(new[] { 1f }));
        using var resident = TestDevices.Backend.ToDevice<float>(new[] { 1e8f, 1, -1e8f });
        using var sum = Engine(new EinsumOptions { AccumulateIn = typeof(double) }).EvalResident<float>("i->", resident);
        Assert.That(sum.ToHost()[0], Is.EqualTo(1));
    }

    [Test]
    public void MemoryLimit_keeps_intermediates_small()
    {
        Shape[] shapes = [[20, 2], [20, 2], [20, 2]];
        var numbers = new Operand<int>(Enumerable.Range(0, 40).ToArray(), [20, 2]);
        var engine = Engine(new EinsumOptions { MemoryLimit = 1599 });
        Assert.That(Engine(new EinsumOptions()).Plan<int>("ai,bi,ci->abc", shapes).Kernels.WorkspaceBytes, Is.GreaterThanOrEqualTo(1600));
        Assert.That(engine.Plan<int>("ai,bi,ci->abc", shapes).Kernels.WorkspaceBytes, Is.Zero);
        Assert.That(engine.Eval("ai,bi,ci->abc", numbers, numbers, numbers).ToArray(), Is.EqualTo(Einsum.Eval("ai,bi,ci->abc", numbers, numbers, numbers).ToArray()));
    }

    [Test]
    public void Strict_refuses_to_broadcast()
    {
        var (left, right) = (new int[,] { { 1, 2 } }, new int[,] { { 3 }, { 4 } });
        var strict = Engine(new EinsumOptions { Broadcasting = Broadcasting.Strict });
        Assert.That(() => strict.Eval("ij,jk->ik", left, new int[3, 2]), Throws.TypeOf<EinsumException>());
        Assert.That(() => strict.Eval("ij,ij->ij", left, new int[2, 2]), Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo("EIN0211"));
        Assert.That(strict.Eval("ij,jk->ik", left, right).ToArray(), Is.EqualTo(new[] { 11 }));
        Assert.That(Engine(new EinsumOptions()).Eval("ij,ij->ij", left, new int[,] { { 1, 2 }, { 3, 4 } }).ToArray(), Is.EqualTo(new[] { 1, 4, 3, 8 }));
    }

    [Test]
    public void Cancellation_stops_calls_and_loops()
    {
        using var source = new CancellationTokenSource();
        var engine = Engine(new EinsumOptions { Cancellation = source.Token });
        var expression = engine.Compile<float>("i->", [2]);
        var endless = EinsumNet.Functions.Fn.Jit(x => EinsumNet.Functions.Fn.While(c => c >= 0, c => c + 1, x.Sum())).On(engine);
        var numbers = new float[] { 1, 2 };
        Assert.That(engine.Eval<float>("i->", numbers)[0], Is.EqualTo(3));
        source.Cancel();
        Assert.That(() => engine.Eval<float>("i->", numbers), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => expression.Invoke(numbers), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => engine.EvalAsync<float>("i->", numbers).Wait(), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => engine.EvalResident<float>("i->", numbers).Dispose(), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => endless.Eval<float>(numbers), Throws.InstanceOf<OperationCanceledException>());
    }
}
