using System.Numerics.Tensors;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>Every call of CUDA's driver and compiler that a run makes, failing: the error names it, a lost device stays lost, and what was made is given back.</summary>
sealed unsafe class CudaFailureTests
{
    static GpuBackend Backend(FakeCuda driver, string directory = "") => new(GpuDevice.Of(driver.Device), new GpuOptions { CacheDirectory = directory });

    static EinsumEngine Engine(GpuBackend backend) => new(new EinsumOptions { Backend = backend });

    static FakeCuda Copying() => new() { OnLaunch = (values, _) => new Span<float>((float*)values[0] + values[1], 2).CopyTo(new Span<float>((float*)values[2] + values[3], 2)) };

    static readonly string[] s_calls =
    [
        "cuCtxPushCurrent", "cuMemAlloc", "cuMemHostAlloc", "cuModuleLoadData", "cuModuleGetFunction", "cuFuncGetAttribute", "cuMemcpyHtoDAsync", "cuLaunchKernel", "cuMemcpyDtoHAsync",
        "cuEventCreate", "cuEventRecord", "cuStreamWaitEvent", "cuEventSynchronize",
    ];

    [Test]
    public void A_call_that_fails_is_named_and_the_next_may_succeed([ValueSource(nameof(s_calls))] string call)
    {
        var driver = Copying();
        using (var backend = Backend(driver))
        {
            driver.Failures[call] = 1;
            var error = Assert.Throws<EinsumException>(() => Run(backend))!;
            Assert.That(error.Message, Is.EqualTo($"EIN0702: {call} failed on Test GPU with CUDA_ERROR_INVALID_VALUE (1)."));
            driver.Failures.Clear();
            Assert.That(Run(backend), Is.EqualTo(new float[] { 1, 2 }));
        }
        Assert.That(driver.Alive, Is.Zero);
    }

    [Test]
    public void A_device_is_lost_by_whichever_call([ValueSource(nameof(s_calls))] string call, [Values(700, 719, 999)] int code)
    {
        var driver = Copying();
        var backend = Backend(driver);
        var tensor = backend.ToDevice<float>(new float[] { 1 });
        driver.Failures[call] = code;
        Assert.That(Assert.Throws<EinsumException>(() => Run(backend))!.Message, Does.StartWith($"EIN0707: Test GPU is lost: {call} failed with CUDA_ERROR_").And.Contain($"({code})"));
        driver.Failures.Clear();
        driver.Calls.Clear();
        Assert.That(Assert.Throws<EinsumException>(() => Run(backend))!.Code, Is.EqualTo("EIN0707"));
        Assert.That(Assert.Throws<EinsumException>(() => backend.ToDevice<float>(new float[] { 1 }))!.Code, Is.EqualTo("EIN0707"));
        Assert.That(driver.Calls, Is.Empty, "a lost device is left alone");
        tensor.Dispose();
        backend.Dispose();
        Assert.That(driver.Calls, Is.EqualTo(new[] { "cuDevicePrimaryCtxRelease" }));
        Assert.That(driver.Alive, Is.Zero);
    }

    /// <summary>Copies there, a kernel, and a copy back, which waits for the kernel.</summary>
    static float[] Run(GpuBackend backend) => Engine(backend).Eval<float>("i->i", new float[] { 1, 2 }).ToArray();

    [TestCase("nvrtcVersion")]
    [TestCase("nvrtcGetNumSupportedArchs")]
    [TestCase("nvrtcGetSupportedArchs")]
    [TestCase("nvrtcGetCUBINSize")]
    [TestCase("nvrtcGetCUBIN")]
    [TestCase("nvrtcGetPTXSize", true)]
    [TestCase("nvrtcGetPTX", true)]
    public void A_call_of_the_compiler_that_fails_is_named(string call, bool isPtx = false)
    {
        var driver = new FakeCuda { Sm = isPtx ? (12, 0) : (8, 0) };
        var device = driver.Device;
        driver.Failures[call] = 5;
        Assert.That(() => new CudaRuntime(device).Build("f", "f"), Throws.TypeOf<EinsumException>().With.Message.EqualTo($"EIN0702: {call} failed on Test GPU with NVRTC_ERROR_5 (5)."));
    }

    [Test]
    public void A_compiler_without_a_version_leaves_its_devices_out()
    {
        var driver = new FakeCuda();
        driver.Failures["nvrtcVersion"] = 5;
        Assert.That(CudaDevice.Find(driver, driver).Missing, Is.EqualTo(new[] { "device 0 is left out: EIN0702: nvrtcVersion failed on Test GPU with NVRTC_ERROR_5 (5)." }));
    }

    [TestCase("nvrtcGetProgramLogSize")]
    [TestCase("nvrtcGetProgramLog")]
    public void A_source_that_does_not_compile_is_shown_even_without_the_compilers_log(string call)
    {
        var driver = new FakeCuda { CompilerLog = "none of this" };
        using var runtime = new CudaRuntime(driver.Device);
        driver.Failures[call] = 5;
        Assert.That(() => runtime.Build("f()", "f"), Throws.TypeOf<EinsumException>().With.Message.EqualTo(
            $"EIN0703: a kernel does not compile on Test GPU: nvrtcCompileProgram (NVRTC_ERROR_COMPILATION) says\n    nothing: {call} gives NVRTC_ERROR_5 (5)\n  of the source\n       1  f()"));
    }

    static readonly string[] s_releases =
    [
        "cuEventDestroy", "cuMemFree", "cuMemFreeHost", "cuModuleUnload", "cuStreamDestroy", "cuDevicePrimaryCtxRelease", "cuStreamSynchronize", "cuCtxPushCurrent", "cuCtxPopCurrent",
    ];

    [Test]
    public void What_is_not_taken_back_is_told_once_everything_else_is([ValueSource(nameof(s_releases))] string call)
    {
        var driver = Copying();
        var backend = Backend(driver);
        var tensor = backend.ToDevice<float>(new float[] { 1, 2 });
        Run(backend);
        driver.Failures[call] = 1;
        driver.Calls.Clear();
        Assert.That(backend.Dispose, Throws.TypeOf<EinsumException>().With.Message.EqualTo($"EIN0702: {call} failed on Test GPU with CUDA_ERROR_INVALID_VALUE (1)."));
        if (call != "cuCtxPushCurrent") Assert.That(s_releases.Where(each => !each.StartsWith("cuCtx")), Is.SubsetOf(driver.Calls));
        Assert.That(driver.Calls.Last(), Is.EqualTo("cuDevicePrimaryCtxRelease"));
        if (call != "cuDevicePrimaryCtxRelease") Assert.That(driver.Alive, Is.Zero);
        backend.Dispose();
        tensor.Dispose();
    }

    [Test]
    public void A_driver_that_shuts_down_or_a_lost_device_is_disposed_of_without_a_word([ValueSource(nameof(s_releases))] string call, [Values] bool wasLost)
    {
        var driver = Copying();
        var backend = Backend(driver);
        var tensor = backend.ToDevice<float>(new float[] { 1, 2 });
        if (wasLost)
        {
            driver.Failures["cuLaunchKernel"] = 719;
            Assert.That(() => Run(backend), Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo("EIN0707"));
        }
        else Run(backend);
        driver.Failures[call] = wasLost ? 719 : CudaCodes.Deinitialized;
        backend.Dispose();
        tensor.Dispose();
        Assert.That(driver.Calls.Last(), Is.EqualTo("cuDevicePrimaryCtxRelease"));
    }

    [Test]
    public void Work_that_nobody_waited_for_is_told_of_by_the_disposal()
    {
        var driver = Copying();
        var backend = Backend(driver);
        driver.Failures["cuStreamSynchronize"] = 719;
        Assert.That(backend.Dispose, Throws.TypeOf<EinsumException>().With.Message.StartsWith("EIN0707: Test GPU is lost: cuStreamSynchronize failed with CUDA_ERROR_LAUNCH_FAILED (719)"));
        Assert.That(driver.Alive, Is.Zero);
    }

    [TestCase("cuEventDestroy", 1)]
    [TestCase("cuEventDestroy", 700)]
    [TestCase("cuCtxPopCurrent", 1)]
    [TestCase("cuCtxPopCurrent", 201)]
    [TestCase("nvrtcDestroyProgram", 1)]
    public void A_result_is_given_although_something_is_not_taken_back(string call, int code)
    {
        var driver = Copying();
        var backend = Backend(driver);
        driver.Failures[call] = code;
        for (var run = 0; run < 2; run++) Assert.That(Run(backend), Is.EqualTo(new float[] { 1, 2 }));
        driver.Failures.Clear();
        Assert.That(backend.Dispose, Throws.TypeOf<EinsumException>().With.Message.StartsWith(code == 1 ? $"EIN0702: {call} failed on Test GPU with " : $"EIN0707: Test GPU is lost: {call} failed with "));
    }

    [Test]
    public void A_loss_that_an_error_hid_is_told_by_the_next_call_or_else_by_the_disposal([Values] bool isNext)
    {
        var driver = Copying();
        var backend = Backend(driver);
        driver.Failures["cuMemcpyDtoHAsync"] = 1;
        driver.Failures["cuStreamSynchronize"] = 719;
        Assert.That(() => Run(backend), Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo("EIN0702"));
        driver.Failures.Clear();
        if (!isNext)
        {
            Assert.That(backend.Dispose, Throws.TypeOf<EinsumException>().With.Message.StartsWith("EIN0707: Test GPU is lost: cuStreamSynchronize failed with "));
            return;
        }
        Assert.That(() => Run(backend), Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo("EIN0707"));
        backend.Dispose();
    }

    [Test]
    public void Memory_that_is_not_taken_back_leaves_room_for_the_next([Values(1, 700)] int code)
    {
        var driver = Copying();
        var backend = Backend(driver);
        backend.Empty<byte>([400 << 20]).Dispose();
        driver.Failures["cuMemFree"] = code;
        backend.Empty<byte>([500 << 20]).Dispose();
        Assert.That(backend.Dispose, Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo(code == 1 ? "EIN0702" : "EIN0707"), "nobody was told before");
    }

    /// <summary>A backend that was disposed while a call runs, which ends when the event is set.</summary>
    static (GpuBackend Backend, Task<Tensor<float>> Task, ManualResetEventSlim Stuck) DisposedUnderWay(FakeCuda driver)
    {
        var backend = Backend(driver);
        var stuck = new ManualResetEventSlim();
        driver.BeforeEventDestroy = stuck.Wait;
        var task = Engine(backend).EvalAsync<float>("i->i", new float[] { 1, 2 });
        backend.Dispose();
        return (backend, task, stuck);
    }

    [Test]
    public void The_call_that_ends_last_does_not_fail_with_the_disposal()
    {
        var driver = Copying();
        var (_, task, stuck) = DisposedUnderWay(driver);
        driver.Failures["cuStreamDestroy"] = 1;
        stuck.Set();
        Assert.That(task.Result.ToArray(), Is.EqualTo(new float[] { 1, 2 }));
    }

    [Test]
    public void A_kernel_that_is_collected_ends_nothing()
    {
        var driver = Copying();
        var backend = Backend(driver);
        Run(backend);
        driver.Failures["cuModuleUnload"] = 1;
        foreach (var equation in (string[])["i->", "ij->i", "ij->j"]) Forget(backend, equation);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        driver.Calls.Clear();
        // The next that is made unloads what nobody holds.
        var next = backend.Session.Runtime.Build("i->i", "i->i");
        Assert.That(driver.Calls, Has.Member("cuModuleUnload"));
        driver.Failures.Clear();
        Assert.That(Run(backend), Is.EqualTo(new float[] { 1, 2 }));
        GC.KeepAlive(next);
        Assert.That(backend.Dispose, Throws.TypeOf<EinsumException>().With.Message.EqualTo("EIN0702: cuModuleUnload failed on Test GPU with CUDA_ERROR_INVALID_VALUE (1)."));

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Forget(GpuBackend backend, string name) => _ = backend.Session.Runtime.Build(name, name);
    }

    [Test]
    public void A_context_of_others_that_is_not_left_is_not_adopted()
    {
        var driver = Copying();
        driver.Failures["cuCtxPopCurrent"] = 201;
        Assert.That(() => CudaAdoption.Device(driver, driver, FakeCuda.Context, 77), Throws.TypeOf<EinsumException>().With.Message.EqualTo("EIN0709: the context cannot be adopted: cuCtxPopCurrent gives CUDA_ERROR_INVALID_CONTEXT (201)."));
    }

    [Test]
    public void Memory_of_a_copy_that_fails_is_given_back()
    {
        var driver = Copying();
        using var backend = Backend(driver);
        using var tensor = backend.ToDevice<float>(new float[] { 1, 2 });
        driver.Failures["cuEventSynchronize"] = 1;
        Assert.That(Assert.Throws<AggregateException>(tensor.ToHostAsync().Wait)!.InnerException, Is.TypeOf<EinsumException>().With.Property("Code").EqualTo("EIN0702"));
        driver.Failures.Clear();
        driver.Calls.Clear();
        Assert.That(tensor.ToHostAsync().Result.ToArray(), Is.EqualTo(new float[] { 1, 2 }));
        Assert.That(driver.Calls, Has.No.Member("cuMemHostAlloc"), "the memory that the first was to come through is free again");
    }

    [Test]
    public void A_task_completes_after_its_backend_is_disposed()
    {
        var driver = Copying();
        var (backend, task, stuck) = DisposedUnderWay(driver);
        Assert.That(() => Engine(backend).Eval<float>("i->i", new float[2]), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(driver.Calls, Has.No.Member("cuDevicePrimaryCtxRelease"));
        stuck.Set();
        Assert.That(task.Result.ToArray(), Is.EqualTo(new float[] { 1, 2 }));
        Assert.That(() => driver.Calls.ToArray(), Does.Contain("cuDevicePrimaryCtxRelease").After(5000, 10));
        Assert.That(driver.Alive, Is.Zero);
    }

    [Test]
    public void A_backend_that_is_disposed_lets_calls_finish_or_refuses_them()
    {
        for (var round = 0; round < 30; round++)
        {
            var driver = Copying();
            var backend = Backend(driver);
            var engine = Engine(backend);
            using var tensor = backend.ToDevice<float>(new float[] { 1, 2 });
            var wrong = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
            var threads = Enumerable.Range(0, 4).Select(number => new Thread(() =>
            {
                try
                {
                    while (true)
                    {
                        var result = number switch
                        {
                            0 => engine.Eval<float>("i->i", new float[] { 1, 2 }),
                            1 => engine.EvalAsync<float>("i->i", tensor).Result,
                            2 => tensor.ToHost(),
                            _ => engine.EvalMany<float>("i->i", new Operand<float>[] { new float[] { 1, 2 } })[0],
                        };
                        Assert.That(result.ToArray(), Is.EqualTo(new float[] { 1, 2 }));
                    }
                }
                catch (ObjectDisposedException)
                {
                    // Which is how the loop ends.
                }
                catch (Exception error)
                {
                    wrong.Enqueue(error);
                }
            })).ToList();
            threads.ForEach(thread => thread.Start());
            Thread.Sleep(round % 3);
            backend.Dispose();
            threads.ForEach(thread => thread.Join());
            Assert.That(wrong, Is.Empty);
            Assert.That(() => driver.Alive, Is.Zero.After(5000, 10));
        }
    }
}
