using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>
/// Copies and kernels in streams of their own: what shares memory stays in order, what does not overlaps. The double of the driver does everything as late as it is
/// allowed to, so that a wait that is missing shows as a wrong number.
/// </summary>
sealed unsafe class StreamTests
{
    const int Length = 2000;

    static FakeCuda Late() => new() { IsLate = true, OnLaunch = (values, _) => Copy(values) };

    /// <summary>Does what <c>i->i</c> asks for.</summary>
    static void Copy(long[] values) => new Span<float>((float*)values[0] + values[1], Length).CopyTo(new Span<float>((float*)values[2] + values[3], Length));

    static GpuBackend Backend(FakeCuda driver, long budget = 1 << 20) => new(GpuDevice.Of(driver.Device), new GpuOptions { CacheDirectory = "", MemoryBudget = budget });

    static EinsumEngine Engine(GpuBackend backend) => new(new EinsumOptions { Backend = backend });

    [Test]
    public void What_shares_memory_stays_in_order([Range(1, 8)] int seed)
    {
        using var backend = Backend(Late());
        Shuffle(backend, seed, steps: 300);
    }

    [Test]
    public void Eight_threads_share_a_device()
    {
        TestDevices.RequireDevice();
        using var backend = new GpuBackend(TestDevices.Backend.Device, new GpuOptions { CacheDirectory = TestDevices.CacheDirectory, MemoryBudget = 4 << 20 });
        Assert.That(() => Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread => Shuffle(backend, 100 + thread, steps: 60)), Throws.Nothing);
    }

    /// <summary>Uploads, copies by kernels, downloads and new tensors in the memory of old ones, in random order, beside arrays that hold what is expected.</summary>
    static void Shuffle(GpuBackend backend, int seed, int steps)
    {
        var (random, engine) = (new Random(seed), Engine(backend));
        var expected = Enumerable.Range(0, 4).Select(i => i * 1000f).ToArray();
        var tensors = expected.Select(value => backend.ToDevice<float>(Filled(value))).ToArray();
        var reads = new List<(Task<System.Numerics.Tensors.Tensor<float>> Task, float Expected)>();
        for (var step = 0; step < steps; step++)
        {
            var (to, from) = (random.Next(4), random.Next(4));
            var next = random.Next(1, 1 << 20);
            switch (random.Next(7))
            {
                case 0:
                    tensors[to].CopyFrom(Filled(next));
                    expected[to] = next;
                    break;
                case 1 when to != from:
                    engine.EvalInto("i->i", tensors[to], tensors[from]);
                    expected[to] = expected[from];
                    break;
                case 2 when to != from:
                    tensors[to].CopyFrom(tensors[from]);
                    expected[to] = expected[from];
                    break;
                case 3:
                    reads.Add((tensors[from].ToHostAsync(), expected[from]));
                    break;
                case 4:
                    tensors[to].Dispose();
                    tensors[to] = backend.ToDevice<float>(Filled(next));
                    expected[to] = next;
                    break;
                case 5:
                    Assert.That(engine.Eval<float>("i->i", Filled(next)).ToArray(), Is.All.EqualTo(next));
                    break;
                case 6:
                    reads.Add((engine.EvalAsync<float>("i->i", tensors[from]), expected[from]));
                    break;
            }
        }
        for (var i = 0; i < tensors.Length; i++) Assert.That(tensors[i].ToHost().ToArray(), Is.All.EqualTo(expected[i]));
        foreach (var (task, value) in reads) Assert.That(task.Result.ToArray(), Is.All.EqualTo(value));
        foreach (var tensor in tensors) tensor.Dispose();
    }

    static float[] Filled(float value) => [.. Enumerable.Repeat(value, Length)];

    [Test]
    public void Copies_do_not_wait_for_kernels_on_other_memory()
    {
        var driver = Late();
        using var backend = Backend(driver);
        using var first = backend.ToDevice<float>(Filled(1));
        using var result = Engine(backend).EvalResident<float>("i->i", first);
        backend.Synchronize();
        driver.Calls.Clear();
        Engine(backend).EvalInto("i->i", result, first);
        using var second = backend.ToDevice<float>(Filled(2));
        Assert.That(second.ToHost().ToArray(), Is.All.EqualTo(2f), "the copies of the one are done");
        Assert.That(driver.Waiting, Is.EqualTo(1), "and the kernel of the other is not");
        Assert.That(result.ToHost().ToArray(), Is.All.EqualTo(1f));
        Assert.That(driver.Waiting, Is.Zero);
    }

    [Test]
    public void Kernels_that_only_read_do_not_wait_for_a_copy_to_the_host()
    {
        var driver = Late();
        using var backend = Backend(driver);
        using var tensor = backend.ToDevice<float>(Filled(3));
        using var result = backend.Empty<float>([Length]);
        Engine(backend).EvalInto("i->i", result, tensor);
        backend.Synchronize();
        var stuck = new ManualResetEventSlim();
        driver.BeforeEventDestroy = stuck.Wait;
        var task = tensor.ToHostAsync();
        driver.Calls.Clear();
        Engine(backend).EvalInto("i->i", result, tensor);
        Assert.That(driver.Calls, Has.No.Member("cuStreamWaitEvent"));
        stuck.Set();
        Assert.That(task.Result.ToArray(), Is.All.EqualTo(3f));
    }

    [Test]
    public void Functions_that_only_read_do_not_wait_for_a_copy_to_the_host()
    {
        var driver = Late();
        using var backend = Backend(driver);
        var copy = EinsumNet.Functions.Fn.Jit(x => x * 1).On(Engine(backend));
        using var tensor = backend.ToDevice<float>(Filled(3));
        using var result = backend.Empty<float>([Length]);
        copy.InvokeInto(result, tensor);
        backend.Synchronize();
        var stuck = new ManualResetEventSlim();
        driver.BeforeEventDestroy = stuck.Wait;
        var task = tensor.ToHostAsync();
        driver.Calls.Clear();
        copy.InvokeInto(result, tensor);
        Assert.That(driver.Calls, Does.Contain("cuLaunchKernel").And.No.Member("cuStreamWaitEvent"));
        stuck.Set();
        Assert.That(task.Result.ToArray(), Is.All.EqualTo(3f));
    }

    [Test]
    public void A_chain_on_the_device_waits_for_nothing()
    {
        var driver = Late();
        using var backend = Backend(driver);
        using var tensor = backend.ToDevice<float>(Filled(3));
        using var other = backend.Empty<float>([Length]);
        var engine = Engine(backend);
        engine.EvalInto("i->i", other, tensor);
        driver.Calls.Clear();
        for (var i = 0; i < 5; i++) engine.EvalInto("i->i", i % 2 == 0 ? tensor : other, i % 2 == 0 ? other : tensor);
        Assert.That(driver.Calls.Distinct(), Is.EqualTo(new[] { "cuLaunchKernel" }));
    }

    [Test]
    public void A_foreign_stream_has_all_of_the_work()
    {
        var driver = Late();
        using var backend = new GpuBackend(CudaAdoption.Device(driver, driver, FakeCuda.Context, 77), new GpuOptions { CacheDirectory = "" });
        Assert.That(Engine(backend).Eval<float>("i->i", Filled(5)).ToArray(), Is.All.EqualTo(5f));
        Assert.That(driver.Calls, Has.No.Member("cuStreamCreate").And.No.Member("cuStreamWaitEvent"));
    }

    [Test]
    public void Memory_of_others_may_be_any_memory()
    {
        using var backend = Backend(Late());
        using var tensor = backend.ToDevice<float>(Filled(1));
        // The same memory under a name that the runtime does not know.
        using var alias = backend.Adopt<float>(tensor.NativeHandle - 16, [Length], byteOffset: 16);
        using var result = backend.Empty<float>([Length]);
        var engine = Engine(backend);
        engine.EvalInto("i->i", result, alias);
        tensor.CopyFrom(Filled(2));
        Assert.That(tensor.ToHost().ToArray(), Is.All.EqualTo(2f));
        Assert.That(result.ToHost().ToArray(), Is.All.EqualTo(1f));
        Assert.That(alias.ToHost().ToArray(), Is.All.EqualTo(2f));
    }

    [Test]
    public void Large_results_pin_no_more_than_they_have()
    {
        // The tensor takes 80 MiB, what it came through 32, and what it goes through 65; twice a power of two would be 128.
        var driver = new FakeCuda { Memory = 200 << 20 };
        using var backend = Backend(driver, 100 << 20);
        using var tensor = backend.ToDevice<float>(new float[17_000_000]);
        Assert.That(tensor.ToHostAsync().Result.FlattenedLength, Is.EqualTo((nint)17_000_000));
    }

    [Test]
    public void Results_larger_than_the_staging_memory_come_back_whole([Values(1, 1_048_576, 1_048_577, 5_000_000)] int count)
    {
        var driver = new FakeCuda { IsLate = true };
        using var backend = Backend(driver, 1L << 28);
        var numbers = Enumerable.Range(0, count).Select(i => (float)i).ToArray();
        using var tensor = backend.ToDevice<float>(numbers);
        Assert.That(tensor.ToHost().ToArray().AsSpan().SequenceEqual(numbers));
        Assert.That(tensor.ToHostAsync().Result.ToArray().AsSpan().SequenceEqual(numbers));
    }
}
