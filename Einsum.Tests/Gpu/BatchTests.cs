using System.Numerics.Tensors;
using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Gpu;
using EinsumNet.Tests.Many;

namespace EinsumNet.Tests.Gpu;

/// <summary>Lists of operands on a device: all members are enqueued before any is awaited.</summary>
[Parallelizable(ParallelScope.All)]
sealed class BatchTests
{
    static readonly EinsumEngine s_engine = new(new EinsumOptions { Backend = TestDevices.HasDevice ? TestDevices.Backend : CpuBackend.Default });

    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();

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

    /// <summary>A quarter of the budget is gathered at a time, and nothing twice.</summary>
    [Test]
    public void A_long_list_takes_several_launches()
    {
        var driver = new FakeCuda { OnLaunch = (_, _) => { } };
        using var backend = new GpuBackend(GpuDevice.Of(driver.Device), new GpuOptions { CacheDirectory = "", MemoryBudget = 1 << 20 });
        var members = Enumerable.Range(0, 48).Select(_ => (Operand<float>)new float[32, 32]).ToArray();
        var results = new EinsumEngine(new EinsumOptions { Backend = backend }).EvalMany<float>("ij,jk->ik", members, members);
        Assert.That(results, Has.Length.EqualTo(48));
        // Three matrices of 4 KiB for each member; 256 KiB hold 21 of them.
        Assert.That(driver.Calls.Count(call => call == "cuLaunchKernel"), Is.EqualTo(3));
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

    /// <summary>Adds up what the launch's table says, as the kernel does: three buffers with their offsets, the table third.</summary>
    internal static unsafe void Multiply(long[] values)
    {
        float* a = (float*)values[0], b = (float*)values[2], result = (float*)values[6];
        var table = (long*)values[4];
        for (var line = 0; line < values[8]; line++, table += GroupedProblem.Width)
        {
            long Field(GroupedProblem.Field field) => table[(int)field];
            for (var batch = 0L; batch < Field(GroupedProblem.Field.Batch); batch++)
                for (var row = 0L; row < Field(GroupedProblem.Field.Rows); row++)
                    for (var column = 0L; column < Field(GroupedProblem.Field.Columns); column++)
                    {
                        var sum = 0f;
                        for (var k = 0L; k < Field(GroupedProblem.Field.Depth); k++)
                            sum += a[Field(GroupedProblem.Field.AStart) + batch * Field(GroupedProblem.Field.ABatch) + row * Field(GroupedProblem.Field.ARow) + k * Field(GroupedProblem.Field.ADepth)]
                                * b[Field(GroupedProblem.Field.BStart) + batch * Field(GroupedProblem.Field.BBatch) + column * Field(GroupedProblem.Field.BColumn) + k * Field(GroupedProblem.Field.BDepth)];
                        result[Field(GroupedProblem.Field.OutStart) + batch * Field(GroupedProblem.Field.OutBatch) + row * Field(GroupedProblem.Field.OutRow) + column * Field(GroupedProblem.Field.OutColumn)] = sum;
                    }
        }
    }

    [Test]
    public void Members_on_the_device_and_on_the_host_are_one_launch([Values] bool isLate)
    {
        var driver = new FakeCuda { Parameters = 9, OnLaunch = (values, _) => Multiply(values), IsLate = isLate };
        using var backend = new GpuBackend(GpuDevice.Of(driver.Device), new GpuOptions { CacheDirectory = "" });
        var random = new Random(5);
        var depths = Enumerable.Range(0, 20).Select(_ => random.Next(2, 9)).ToArray();
        var lefts = depths.Select(depth => Floats(Members.Matrix(random, random.Next(2, 9), depth))).ToArray();
        // Every fourth is a transposed view.
        var rights = depths.Select((depth, i) => i % 4 == 0 ? new Operand<float>(Enumerable.Range(0, 5 * depth).Select(_ => (float)random.Next(-9, 10)).ToArray(), [depth, 5], [1, depth], 0) : Floats(Members.Matrix(random, depth, random.Next(2, 9)))).ToArray();
        var tensors = lefts.Index().Where(pair => pair.Index % 3 != 0).ToDictionary(pair => pair.Index, pair => backend.ToDevice(pair.Item));
        driver.Calls.Clear();
        var results = new EinsumEngine(new EinsumOptions { Backend = backend }).EvalMany<float>("ij,jk->ik", lefts.Select((operand, i) => tensors.TryGetValue(i, out var tensor) ? tensor : operand).ToArray(), rights);
        for (var i = 0; i < results.Length; i++)
            Assert.That(results[i].ToArray(), Is.EqualTo(Einsum.Eval<float>("ij,jk->ik", lefts[i], rights[i]).ToArray()), $"member {i}");
        Assert.That(driver.Calls.Count(call => call == "cuLaunchKernel"), Is.EqualTo(1));
        foreach (var tensor in tensors.Values) tensor.Dispose();

        static Operand<float> Floats(Operand<double> operand) => new(Einsum.Eval("...->...", operand).ToArray().Select(value => (float)value).ToArray(), operand.Shape);
    }

    [Test]
    public void Slices_of_a_tensor_on_the_device_are_one_launch()
    {
        var driver = new FakeCuda { Parameters = 9, OnLaunch = (values, _) => Multiply(values) };
        using var backend = new GpuBackend(GpuDevice.Of(driver.Device), new GpuOptions { CacheDirectory = "" });
        var (rows, matrices) = (Enumerable.Range(0, 9 * 4).Select(i => (float)(i % 7)).ToArray(), Enumerable.Range(0, 3 * 4 * 5).Select(i => (float)(i % 5)).ToArray());
        using var left = backend.ToDevice(new Operand<float>(rows, [9, 4]));
        using var right = backend.ToDevice(new Operand<float>(matrices, [3, 4, 5]));
        driver.Calls.Clear();
        var result = new EinsumEngine(new EinsumOptions { Backend = backend }).RaggedDot<float>(left, right, [2, 3, 4]);
        Assert.That(result.ToArray(), Is.EqualTo(Einsum.RaggedDot(new Operand<float>(rows, [9, 4]), new Operand<float>(matrices, [3, 4, 5]), [2, 3, 4]).ToArray()));
        Assert.That(driver.Calls.Count(call => call == "cuLaunchKernel"), Is.EqualTo(1));
        Assert.That(driver.Calls.Count(call => call == "cuMemcpyHtoDAsync"), Is.EqualTo(1), "the table");
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
