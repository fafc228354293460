using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>The CUDA runtime against a double of the driver: what is called, in which context, and what is given back.</summary>
sealed unsafe class CudaRuntimeTests
{
    /// <summary>Does what <c>i->i</c> asks for: the operand's pointer and offset, then the result's.</summary>
    static void Copy(long[] values, int count)
    {
        for (var i = 0; i < count; i++) ((float*)values[2])[values[3] + i] = ((float*)values[0])[values[1] + i];
    }

    static GpuBackend Backend(FakeCuda driver, GpuOptions? options = null) => new(GpuDevice.Of(driver.Device), options ?? new GpuOptions { CacheDirectory = "" });

    static EinsumEngine Engine(GpuBackend backend) => new(new EinsumOptions { Backend = backend });

    [Test]
    public void A_call_copies_in_launches_and_copies_out()
    {
        var driver = new FakeCuda { OnLaunch = (values, _) => Copy(values, 3) };
        using (var backend = Backend(driver))
        {
            Assert.That(Engine(backend).Eval<float>("i->i", new float[] { 1, 2, 3 }).ToArray(), Is.EqualTo(new float[] { 1, 2, 3 }));
            Assert.That(backend.Device.ToString(), Is.EqualTo("Test GPU (CUDA)"));
            Assert.That(driver.Options, Does.Contain("--gpu-architecture=sm_80"));
            var order = driver.Calls.Where(call => call is "cuMemcpyHtoDAsync" or "cuLaunchKernel" or "cuMemcpyDtoHAsync" or "cuEventSynchronize");
            Assert.That(order, Is.EqualTo(new[] { "cuMemcpyHtoDAsync", "cuLaunchKernel", "cuMemcpyDtoHAsync", "cuEventSynchronize" }));
        }
        Assert.That(driver.Alive, Is.Zero);
        Assert.That(driver.Calls, Does.Contain("cuMemFree").And.Contain("cuMemFreeHost").And.Contain("cuStreamDestroy"));
    }

    [Test]
    public void Tensors_on_the_device_are_not_copied()
    {
        var driver = new FakeCuda { OnLaunch = (values, _) => Copy(values, 3) };
        using var backend = Backend(driver);
        using var tensor = backend.ToDevice<float>(new float[] { 4, 5, 6 });
        driver.Calls.Clear();
        using var result = Engine(backend).EvalResident<float>("i->i", tensor);
        Assert.That(driver.Calls.Where(call => call.StartsWith("cuMemcpy") || call == "cuEventSynchronize"), Is.Empty);
        Assert.That(result.ToHost().ToArray(), Is.EqualTo(new float[] { 4, 5, 6 }));
    }

    [Test]
    public void Operands_are_copied_once_each_and_intermediates_never()
    {
        var driver = new FakeCuda { OnLaunch = (_, _) => { } };
        using var backend = Backend(driver);
        var (a, b) = (new float[20, 20], new float[20, 20]);
        Engine(backend).Eval("ij,jk,kl->il", a, b, a);
        Assert.That(driver.Calls.Count(call => call == "cuLaunchKernel"), Is.EqualTo(2));
        Assert.That(driver.Calls.Count(call => call == "cuMemcpyHtoDAsync"), Is.EqualTo(2));
        Assert.That(driver.Calls.Count(call => call == "cuMemcpyDtoHAsync"), Is.EqualTo(1));
    }

    [Test]
    public void As_many_kernels_are_kept_as_the_options_say([Values(1, 2)] int capacity)
    {
        var driver = new FakeCuda { OnLaunch = (_, _) => { } };
        using var backend = Backend(driver, new GpuOptions { CacheDirectory = "", KernelCapacity = capacity });
        // An engine keeps what it made ready.
        foreach (var equation in (string[])["i->", "i->i", "i->"]) Engine(backend).Eval<float>(equation, new float[3]);
        Assert.That(backend.Session.Kernels.Compiled, Is.EqualTo(capacity == 1 ? 3 : 2));
        Assert.That(driver.Sources, Has.Count.EqualTo(backend.Session.Kernels.Compiled));
    }

    [Test]
    public void Three_quarters_of_the_memory_are_the_budget_unless_told_otherwise()
    {
        using var backend = Backend(new FakeCuda());
        Assert.That(backend.Session.Pool.Budget, Is.EqualTo(backend.Device.MemoryBytes / 4 * 3));
    }

    [Test]
    public void A_slice_is_an_offset_in_elements()
    {
        var seen = new List<long>();
        var driver = new FakeCuda { OnLaunch = (values, _) => seen.Add(values[1]) };
        using var backend = Backend(driver);
        using var rows = backend.ToDevice<float>(new float[5, 4]);
        Engine(backend).RaggedDot<float>("mk->m", "m", null, [2, 3], rows);
        Assert.That(seen, Is.EquivalentTo(new[] { 0, 8 }));
    }

    [Test]
    public void A_device_that_does_not_answer_is_left_out_and_named()
    {
        var driver = new FakeCuda { Devices = 3, Broken = 1 };
        var (devices, missing) = CudaDevice.Find(driver, driver);
        Assert.That(devices.Select(device => device.Handle), Is.EqualTo(new[] { 0, 2 }));
        Assert.That(missing, Is.EqualTo(new[] { "device 1 is left out: EIN0702: cuDeviceGetName failed on CUDA device 1 with CUDA_ERROR_999 (999)." }));
        driver = new FakeCuda { Devices = 0 };
        Assert.That(CudaDevice.Find(driver, driver).Missing, Is.EqualTo(new[] { "the driver has no device" }));
    }

    [Test]
    public void Ptx_for_devices_that_the_compiler_does_not_know()
    {
        var driver = new FakeCuda { Sm = (12, 0), OnLaunch = (values, _) => Copy(values, 1) };
        using var backend = Backend(driver);
        Engine(backend).Eval<float>("i->i", new float[1]);
        Assert.That(driver.Options, Does.Contain("--gpu-architecture=compute_90"));
    }

    [Test]
    public void More_shared_memory_than_usual_is_asked_for()
    {
        var driver = new FakeCuda();
        using var runtime = new CudaRuntime(driver.Device);
        var kernel = runtime.Build("f", "f");
        runtime.Launch(kernel, new Launch(32, 1, 1, 1, 1, 1, 100_000), [new KernelBuffer(1, 0), new KernelBuffer(2, 0)], []);
        Assert.That(driver.Calls, Does.Contain("cuFuncSetAttribute 8 100000"));
    }

    [Test]
    public void A_kernel_with_too_many_registers_is_refused_before_it_is_launched()
    {
        var driver = new FakeCuda { KernelThreads = 32 };
        using var backend = Backend(driver);
        Assert.That(() => Engine(backend).Eval<float>("i->i", new float[1000]), Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo("EIN0708"));
        Assert.That(driver.Calls, Has.No.Member("cuLaunchKernel"));
    }

    /// <summary>Compilers and drivers there are that end the process over a kernel of more local memory than the device has.</summary>
    [TestCase(0, 200_000)]
    [TestCase(200_000, 0)]
    public void A_kernel_with_too_much_local_memory_is_refused_before_it_is_compiled(int atLaunch, int declared)
    {
        var driver = new FakeCuda();
        using var backend = Backend(driver);
        var kernel = new IrKernel("f", 1, [], [], false, [new IrArray("shared", ElementType.Byte, IrSpace.Local, declared)], []);
        Assert.That(
            () => backend.Session.Kernels.Get(new EmittedKernel("f", "f", new Launch(1, 1, 1, 1, 1, 1, atLaunch), [], 0) { Kernel = kernel }),
            Throws.TypeOf<EinsumException>().With.Message.EqualTo("EIN0708: a kernel needs 200000 bytes of local memory; the limit on Test GPU is 166912."));
        Assert.That(driver.Sources, Is.Empty);
    }

    [Test]
    public void A_kernel_with_too_many_parameters_is_refused_before_it_is_compiled()
    {
        var driver = new FakeCuda();
        using var backend = Backend(driver);
        IrArray[] buffers = [.. Enumerable.Range(0, 257).Select(i => new IrArray($"buffer{i}", ElementType.Float, IrSpace.Global))];
        Assert.That(
            () => backend.Session.Kernels.Get(new EmittedKernel("f", "f", new Launch(1, 1, 1, 1, 1, 1, 0), [], 0) { Kernel = new IrKernel("f", 1, [.. buffers], [], false, [], []) }),
            Throws.TypeOf<EinsumException>().With.Message.EqualTo("EIN0708: a kernel needs 4112 bytes of parameters; the limit on Test GPU is 4096."));
        Assert.That(driver.Sources, Is.Empty);
    }

    [Test]
    public void Local_memory_that_only_the_compiler_knows_of_counts_before_a_launch()
    {
        using var backend = Backend(new FakeCuda { KernelLocalBytes = 100_000 });
        var store = backend.Session.Kernels;
        Assert.That(store.Get(Kernel(66_912)).LocalBytes, Is.EqualTo(100_000));
        Assert.That(
            () => store.Get(Kernel(66_913)), Throws.TypeOf<EinsumException>().With.Message.EqualTo("EIN0708: a kernel needs 166913 bytes of local memory; the limit on Test GPU is 166912."));

        static EmittedKernel Kernel(int atLaunch) => new($"kernel of {atLaunch}", "f", new Launch(1, 1, 1, 1, 1, 1, atLaunch), [], 0);
    }

    [Test]
    public void A_foreign_context_is_used_and_not_disposed()
    {
        var driver = new FakeCuda { OnLaunch = (values, _) => Copy(values, 2) };
        var device = CudaAdoption.Device(driver, driver, FakeCuda.Context, 77);
        using (var backend = new GpuBackend(device, new GpuOptions { CacheDirectory = "" }))
        {
            var memory = stackalloc float[2] { 7, 8 };
            var released = 0;
            using (var adopted = backend.Adopt<float>((nint)memory, [2], release: () => released++))
            using (var result = Engine(backend).EvalResident<float>("i->i", adopted)) Assert.That(result.ToHost().ToArray(), Is.EqualTo(new float[] { 7, 8 }));
            Assert.That(released, Is.EqualTo(1));
        }
        Assert.That(driver.Calls, Has.No.Member("cuStreamDestroy").And.No.Member("cuDevicePrimaryCtxRelease"));
        Assert.That(driver.Alive, Is.Zero, "what the backend made in the context is given back, modules too");
    }

    [Test]
    public void A_backend_may_be_disposed_as_soon_as_a_task_is_done()
    {
        var driver = new FakeCuda { OnLaunch = (values, _) => Copy(values, 2) };
        using (var backend = Backend(driver))
        {
            driver.BeforeEventDestroy = () => Thread.Sleep(100);
            Engine(backend).EvalAsync<float>("i->i", new float[2]).Wait();
        }
        Assert.That(driver.Calls.Last(), Is.EqualTo("cuDevicePrimaryCtxRelease"));
        Assert.That(driver.Calls.Count(call => call == "cuEventDestroy"), Is.EqualTo(driver.Calls.Count(call => call == "cuEventCreate")));
    }

    [Test]
    public void A_buffer_may_take_all_of_the_budget()
    {
        using var backend = Backend(new FakeCuda(), new GpuOptions { CacheDirectory = "", MemoryBudget = 1_000_000 });
        using var tensor = backend.Empty<byte>([1_000_000]);
        Assert.That(backend.Session.Pool.Allocated, Is.EqualTo(1_000_000));
        Assert.That(() => backend.Empty<byte>([1]), Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo("EIN0704"));
    }

    [Test]
    public void Memory_is_taken_back_before_the_driver_says_there_is_none()
    {
        var driver = new FakeCuda { Memory = 24 << 20 };
        using var backend = Backend(driver, new GpuOptions { CacheDirectory = "", MemoryBudget = 1L << 40 });
        backend.Empty<byte>([10 << 20]).Dispose();
        using (backend.Empty<byte>([16 << 20])) { }
        Assert.That(driver.Calls.Count(call => call == "cuMemFree"), Is.EqualTo(1));
        Assert.That(() => backend.Empty<byte>([25 << 20]), Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo("EIN0704"));
    }

    [Test]
    public void The_budget_is_kept()
    {
        var driver = new FakeCuda();
        using var backend = Backend(driver, new GpuOptions { CacheDirectory = "", MemoryBudget = 8 << 20 });
        using var first = backend.Empty<byte>([6 << 20]);
        Assert.That(() => backend.Empty<byte>([6 << 20]), Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo("EIN0704"));
        first.Dispose();
        using var second = backend.Empty<byte>([7 << 20]);
        Assert.That(backend.Session.Pool.Allocated, Is.LessThanOrEqualTo(8 << 20));
    }

    [Test]
    public void A_lost_device_stays_lost_and_is_still_disposed()
    {
        var driver = new FakeCuda { OnLaunch = (_, _) => { } };
        var backend = Backend(driver);
        var engine = Engine(backend);
        var tensor = backend.ToDevice<float>(new float[] { 1 });
        driver.Failures["cuEventSynchronize"] = 719;
        Assert.That(() => engine.Eval<float>("i->i", new float[2]), Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo("EIN0707"));
        driver.Failures.Clear();
        Assert.That(() => engine.Eval<float>("i->i", new float[2]), Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo("EIN0707"));
        Assert.That(tensor.ToHost, Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo("EIN0707"));
        tensor.Dispose();
        backend.Dispose();
        Assert.That(driver.Calls.Last(), Is.EqualTo("cuDevicePrimaryCtxRelease"));
    }

    [Test]
    public void A_failure_of_work_under_way_comes_with_the_task()
    {
        var driver = new FakeCuda { OnLaunch = (_, _) => { } };
        using var backend = Backend(driver);
        driver.Failures["cuEventSynchronize"] = 719;
        var task = Engine(backend).EvalAsync<float>("i->i", new float[2]);
        var error = Assert.Throws<AggregateException>(() => task.Wait())!.InnerException as EinsumException;
        Assert.That(error?.Code, Is.EqualTo("EIN0707"));
    }
}
