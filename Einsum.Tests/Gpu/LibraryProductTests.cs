using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>Which contractions are plain products, and that a library that multiplies as cuBLAS does gives the equation's result.</summary>
sealed class LibraryProductTests
{
    [TestCase("ij,jk->ik", true)]
    [TestCase("ji,jk->ik", true)]
    [TestCase("ij,kj->ik", true)]
    [TestCase("ji,kj->ik", true)]
    [TestCase("ij,jk->ki", true)]
    [TestCase("ji,jk->ki", true)]
    [TestCase("bij,bjk->bik", true)]
    [TestCase("bij,bkj->bki", true)]
    [TestCase("ibj,bjk->bik", true)]
    [TestCase("ijb,jkb->ikb", false)]
    [TestCase("ij,j->i", false)]
    [TestCase("abij,bajk->abik", false)]
    public void Products(string equation, bool isProduct)
    {
        Check<float>(equation, isProduct, 1e-3);
        Check<double>(equation, isProduct, 1e-11);
        Check<Half>(equation, isProduct, 0.05);
    }

    static void Check<T>(string equation, bool isProduct, double within) where T : unmanaged, System.Numerics.INumber<T>
    {
        var (driver, blas) = (new FakeCuda { OnLaunch = (_, _) => { } }, new FakeCuBlas());
        using (var backend = new GpuBackend(GpuDevice.Of(driver.Device with { Blas = blas }), new GpuOptions { CacheDirectory = "" }))
        {
            var random = new Random(1);
            var operands = Equation.Parse(equation).Inputs.Select(term => Operand<T>(random, [.. term.Labels.Select(label => Size(label.Name))])).ToArray();
            var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
            var result = engine.Eval<T>(equation, operands).ToArray();
            Assert.That(blas.Products, Is.EqualTo(isProduct ? 1 : 0), equation);
            if (!isProduct) return;
            Assert.That(engine.Plan<T>(equation, [.. operands.Select(operand => operand.Shape)]).Steps[0].Kernel, Does.EndWith("cublas"));
            var expected = Einsum.Eval<T>(equation, operands).ToArray();
            for (var i = 0; i < expected.Length; i++) Assert.That(double.CreateChecked(result[i]), Is.EqualTo(double.CreateChecked(expected[i])).Within(within), equation);
        }
        Assert.That(blas.Handles, Is.Zero);
    }

    [Test]
    public unsafe void Halves_are_summed_in_float()
    {
        const int n = 32;
        var blas = new FakeCuBlas();
        using var runtime = new CudaRuntime(new FakeCuda().Device with { Blas = blas });
        var product = LibraryProduct.Of(Cpu.EquationPlan.Make("ij,jk->ik", ElementType.Half, _ => n))!;
        var memory = Enumerable.Range(0, 3).Select(_ => runtime.TryAllocate(n * n * sizeof(Half))).ToArray();
        // The double's memory is the host's. Sums of 2048 and 31 ones are 2079 in float, and stay 2048 where each is rounded to a half.
        for (var i = 0; i < n * n; i++) (((Half*)memory[0])[i], ((Half*)memory[1])[i]) = ((Half)(i % n == 0 ? 2048 : 1), (Half)1);
        Assert.That(runtime.StartsProducts());
        runtime.Multiply(product, new(memory[0], 0), new(memory[1], 0), new(memory[2], 0));
        Assert.That((blas.Arithmetic, ((Half*)memory[2])[7]), Is.EqualTo((68, (Half)2079f)));
        foreach (var each in memory) runtime.Free(each);
    }

    [Test]
    public void A_handle_that_is_not_taken_back_is_told()
    {
        var blas = new FakeCuBlas { DestroyFailure = 1 };
        var driver = new FakeCuda();
        var backend = new GpuBackend(GpuDevice.Of(driver.Device with { Blas = blas }), new GpuOptions { CacheDirectory = "" });
        new EinsumEngine(new EinsumOptions { Backend = backend }).Eval("ij,jk->ik", new float[32, 32], new float[32, 32]);
        Assert.That(backend.Dispose, Throws.TypeOf<EinsumException>().With.Message.EqualTo("EIN0702: cublasDestroy failed on Test GPU with CUBLAS_STATUS_NOT_INITIALIZED (1)."));
        Assert.That((blas.Handles, driver.Alive), Is.EqualTo((0, 0)));
    }

    [TestCase(MatrixPrecision.Full, 68)]
    [TestCase(MatrixPrecision.Tf32, 77)]
    [TestCase(MatrixPrecision.BFloat16, 75)]
    public void The_precision_decides_about_the_arithmetic_of_floats(MatrixPrecision precision, int arithmetic)
    {
        var blas = new FakeCuBlas();
        using var backend = new GpuBackend(GpuDevice.Of(new FakeCuda().Device with { Blas = blas }), new GpuOptions { CacheDirectory = "", Precision = precision });
        var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
        engine.Eval("ij,jk->ik", new float[32, 32], new float[32, 32]);
        Assert.That(blas.Arithmetic, Is.EqualTo(arithmetic));
        engine.Eval("ij,jk->ik", new double[32, 32], new double[32, 32]);
        Assert.That(blas.Arithmetic, Is.EqualTo(70), "doubles are not rounded");
    }

    [Test]
    public unsafe void Parts_of_a_sum_of_halves_are_not_rounded()
    {
        const int n = 32;
        using var runtime = new CudaRuntime(new FakeCuda().Device with { Blas = new FakeCuBlas() });
        var product = LibraryProduct.Of(Cpu.EquationPlan.Make("ij,jk->ik", ElementType.Half, _ => n))!;
        var memory = Enumerable.Range(0, 3).Select(_ => runtime.TryAllocate(n * n * sizeof(Half))).ToArray();
        // The double's memory is the host's. 2049 is no half: the first half of the sum would be 2048 if it were rounded, and the whole, with one more, too.
        for (var i = 0; i < n * n; i++) (((Half*)memory[0])[i], ((Half*)memory[1])[i]) = ((Half)((i % n) switch { 0 => 2048, 1 or n / 2 => 1, _ => 0 }), (Half)1);
        Assert.That(runtime.StartsProducts());
        runtime.Multiply(product, new(memory[0], 0), new(memory[1], 0), new(memory[2], 0));
        Assert.That(((Half*)memory[2])[7], Is.EqualTo((Half)2050));
        foreach (var each in memory) runtime.Free(each);
    }

    [Test]
    public void It_can_be_left_out()
    {
        var (driver, blas) = (new FakeCuda { OnLaunch = (_, _) => { } }, new FakeCuBlas());
        using var backend = new GpuBackend(GpuDevice.Of(driver.Device with { Blas = blas }), new GpuOptions { CacheDirectory = "", UseVendorLibrary = false });
        new EinsumEngine(new EinsumOptions { Backend = backend }).Eval("ij,jk->ik", new float[32, 32], new float[32, 32]);
        Assert.That((blas.Products, driver.Calls.Contains("cuLaunchKernel")), Is.EqualTo((0, true)));
    }

    [Test]
    public void A_library_that_does_not_start_is_done_without_and_named()
    {
        var (driver, blas) = (new FakeCuda { Name = "GPU without cuBLAS", OnLaunch = (_, _) => { } }, new FakeCuBlas { Failure = 1 });
        using var backend = new GpuBackend(GpuDevice.Of(driver.Device with { Blas = blas }), new GpuOptions { CacheDirectory = "" });
        var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
        for (var i = 0; i < 2; i++) engine.Eval("ij,jk->ik", new float[32, 32], new float[32, 32]);
        Assert.That(engine.Plan<float>("ij,jk->ik", [32, 32], [32, 32]).Steps[0].Kernel, Does.Not.EndWith("cublas"));
        Assert.That((blas.Handles, blas.Products, driver.Calls.Count(call => call == "cuLaunchKernel")), Is.EqualTo((1, 0, 2)), "it is asked once");
        Assert.That(GpuDevice.Missing, Has.One.EqualTo("CUDA: products do without cuBLAS: EIN0702: cublasCreate failed on GPU without cuBLAS with CUBLAS_STATUS_NOT_INITIALIZED (1)."));
    }

    [Test]
    public void A_handle_that_cannot_be_used_is_given_back()
    {
        var (driver, blas) = (new FakeCuda { Name = "GPU without streams", OnLaunch = (_, _) => { } }, new FakeCuBlas { StreamFailure = 14 });
        using var backend = new GpuBackend(GpuDevice.Of(driver.Device with { Blas = blas }), new GpuOptions { CacheDirectory = "" });
        new EinsumEngine(new EinsumOptions { Backend = backend }).Eval("ij,jk->ik", new float[32, 32], new float[32, 32]);
        Assert.That((blas.Handles, blas.Products), Is.EqualTo((0, 0)));
        Assert.That(GpuDevice.Missing, Has.One.EqualTo("CUDA: products do without cuBLAS: EIN0702: cublasSetStream failed on GPU without streams with CUBLAS_STATUS_INTERNAL_ERROR (14)."));
    }

    [Test]
    public void It_does_not_start_once_its_backend_is_disposed()
    {
        var blas = new FakeCuBlas();
        var backend = new GpuBackend(GpuDevice.Of(new FakeCuda().Device with { Blas = blas }), new GpuOptions { CacheDirectory = "" });
        var runtime = backend.Session.Runtime;
        Assert.That((runtime.StartsProducts(), blas.Handles), Is.EqualTo((true, 1)));
        backend.Dispose();
        Assert.That((runtime.StartsProducts(), blas.Handles), Is.EqualTo((false, 0)));
    }

    [Test]
    public void A_product_that_fails_is_an_error()
    {
        using var backend = new GpuBackend(GpuDevice.Of(new FakeCuda().Device with { Blas = new FakeCuBlas { ProductFailure = 13 } }), new GpuOptions { CacheDirectory = "" });
        Assert.That(() => new EinsumEngine(new EinsumOptions { Backend = backend }).Eval("ij,jk->ik", new float[32, 32], new float[32, 32]),
            Throws.TypeOf<EinsumException>().With.Message.EqualTo("EIN0702: cublasGemmStridedBatchedEx failed on Test GPU with CUBLAS_STATUS_EXECUTION_FAILED (13)."));
    }

    static long Size(string label) => label switch { "i" => 19, "j" => 23, "k" => 17, "a" => 2, _ => 3 };

    static Operand<T> Operand<T>(Random random, long[] shape) where T : unmanaged, System.Numerics.INumber<T> =>
        new(Enumerable.Range(0, (int)shape.Aggregate(1L, (product, size) => product * size)).Select(_ => T.CreateChecked(random.NextDouble() - 0.5)).ToArray(), [.. shape]);
}
