using System.Numerics.Tensors;
using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Gpu;
using EinsumNet.Tests.Many;

namespace EinsumNet.Tests.Gpu;

/// <summary>Lists of operands on a device: all members are enqueued before any is awaited.</summary>
[Parallelizable(ParallelScope.All)]
sealed class BatchTests
{
    static readonly EinsumEngine s_engine = new(new EinsumOptions { Backend = TestDevices.HasOpenCl ? TestDevices.Backend : CpuBackend.Default });

    [OneTimeSetUp]
    public void RequireOpenCl() => TestDevices.RequireOpenCl();

    [Test]
    public void Products_equal_a_loop_of_single_products([Values(1, 7, 60)] int count, [Values(4, 40)] int most)
    {
        var (left, right) = Members.Products(seed: count, count, most);
        Members.AssertEqual(s_engine.EvalMany("ij,jk->ik", left, right), member => Einsum.Eval<double>("ij,jk->ik", left[member], right[member]));
    }

    [Test]
    public void A_list_may_be_larger_than_the_device()
    {
        using var backend = new GpuBackend(TestDevices.Backend.Device, new GpuOptions { CacheDirectory = TestDevices.CacheDirectory, MemoryBudget = 256 << 10 });
        var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
        var (left, right) = Members.Products(seed: 8, 60, 40);
        Members.AssertEqual(engine.EvalMany("ij,jk->ik", left, right), member => Einsum.Eval<double>("ij,jk->ik", left[member], right[member]));
    }

    [TestCase("ij->ji")]
    [TestCase("ij->")]
    [TestCase("ij,ij->j")]
    [TestCase("...j,ij->...i")]
    public void Any_equation(string equation)
    {
        var random = new Random(3);
        var sizes = Enumerable.Range(0, 30).Select(_ => new nint[] { random.Next(0, 9), random.Next(1, 9) }).ToArray();
        var lists = Enumerable.Range(0, Equation.Parse(equation).Inputs.Length).Select(_ => (IReadOnlyList<Operand<double>>)[.. sizes.Select(size => Members.Matrix(random, size))]).ToArray();
        Members.AssertEqual(s_engine.EvalMany(equation, lists), member => Einsum.Eval<double>(equation, [.. lists.Select(list => list[member])]));
    }

    [Test]
    public void Destinations_with_gaps_keep_what_lies_between()
    {
        var random = new Random(6);
        Operand<double>[] left = [.. Enumerable.Range(1, 12).Select(rows => Members.Matrix(random, rows, 7))];
        var results = Enumerable.Range(1, 12).Select(rows => Tensor.Create(Enumerable.Repeat(-1.0, rows * 20).ToArray(), 0, [rows, 7], [rows > 1 ? 20 : 0, 2])).ToArray();
        s_engine.CompileMany<double>("ij->ij", [.. left.Select(operand => operand.Shape)]).InvokeInto(results, left);
        for (var member = 0; member < results.Length; member++) Assert.That(results[member].ToArray(), Is.EqualTo(Einsum.Eval<double>("ij->ij", left[member]).ToArray()));
    }

    [Test]
    public void Groups_equal_those_of_the_cpu([Values("mk,gkn->mn", "mk,kn->gmn", "bmk,bkn->bmn")] string equation)
    {
        var random = new Random(7);
        long[] groups = equation == "mk,kn->gmn" ? [2, 0, 3] : [4, 0, 2];
        var (ragged, group, shapes) = equation switch
        {
            "mk,gkn->mn" => ("m", "g", new[] { [7, 5], new nint[] { 3, 5, 4 } }),
            "mk,kn->gmn" => ("k", "g", [[7, 5], [5, 4]]),
            _ => ("b", (string?)null, [[7, 2, 5], [7, 5, 4]]),
        };
        Operand<double>[] operands = [.. shapes.Select(shape => Members.Matrix(random, shape))];
        var expected = Einsum.RaggedDot<double>(equation, ragged, group, groups, operands);
        Assert.That(s_engine.RaggedDot<double>(equation, ragged, group, groups, operands).ToArray(), Is.EqualTo(expected.ToArray()).Within(1e-12));
    }

    [Test]
    public async Task Members_complete_as_tasks()
    {
        var (left, right) = Members.Products(seed: 8, 20, 9);
        var task = s_engine.EvalManyAsync("ij,jk->ik", CancellationToken.None, left, right);
        Members.AssertEqual(await task, member => Einsum.Eval<double>("ij,jk->ik", left[member], right[member]));
    }

    [Test]
    public void Products_are_one_launch_with_every_operand_copied_once()
    {
        var driver = new FakeCuda { OnLaunch = (_, _) => { } };
        using var backend = new GpuBackend(GpuDevice.Of(driver.Device), new GpuOptions { CacheDirectory = "" });
        var (left, shared) = (Enumerable.Range(1, 50).Select(rows => (Operand<float>)new float[rows, 7]).ToArray(), new Operand<float>[] { new float[7, 5] });
        var results = new EinsumEngine(new EinsumOptions { Backend = backend }).EvalMany<float>("ij,jk->ik", left, shared);
        Assert.That(results.Select(result => (int)result.Lengths[0]), Is.EqualTo(Enumerable.Range(1, 50)));
        Assert.That(driver.Calls.Count(call => call == "cuLaunchKernel"), Is.EqualTo(1));
        Assert.That(driver.Calls.Count(call => call == "cuMemcpyHtoDAsync"), Is.EqualTo(3));
        Assert.That(driver.Calls.Count(call => call == "cuMemcpyDtoHAsync"), Is.EqualTo(1));
        Assert.That(driver.Sources, Has.Count.EqualTo(1));
    }

    [Test]
    public void One_wait_for_all_members()
    {
        var driver = new FakeCuda { OnLaunch = (_, _) => { } };
        using var backend = new GpuBackend(GpuDevice.Of(driver.Device), new GpuOptions { CacheDirectory = "" });
        var members = Enumerable.Range(1, 7).Select(length => (Operand<float>)new float[length]).ToArray();
        var results = new EinsumEngine(new EinsumOptions { Backend = backend }).EvalMany<float>("i->i", members);
        Assert.That(results, Has.Length.EqualTo(7));
        Assert.That(driver.Calls.Count(call => call == "cuLaunchKernel"), Is.EqualTo(7));
        Assert.That(driver.Calls.Count(call => call == "cuEventSynchronize"), Is.EqualTo(1));
    }
}
