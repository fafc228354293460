using EinsumNet.Backends.Gpu;
using EinsumNet.Tests.Cpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>Every family in CUDA's dialect through CUDA's compiler and assembler, without a GPU: it compiles, and no register is spilled but in the nest.</summary>
[Parallelizable(ParallelScope.All)]
sealed class CudaCompileTests
{
    const int MostOfNest = 64;

    const int MostOfWideComplex = 16;

    static readonly string[] s_cases =
    [
        "fill float ->i 1000",
        "nest float ij,j->ij 100 200",
        "nest half ij,ij,j->i 100 50",
        "nest complex ij,j->ij 100 200 specialise=true",
        "rows float ij->i 100 3000",
        "rows double bij,bj->bi 3 10 3000",
        "columns half ji->i 3000 100",
        "columns bool ji->i 3000 100",
        "transpose float ij->ji 100 200",
        "transpose complex bij->bji 2 100 200",
        "transpose half ij->ji 100 200 tile=64x64x1/8x1",
        "transpose float ij->ji 100 200 tile=32x32x1/8x1",
        "transpose complex ij->ji 100 200 tile=64x64x1/8x1",
        "rows float ij->i 100 3000 tile=4x1x64/1x1 splits=4",
        "columns float ji->i 3000 100 tile=128x1x2/1x1",
        "tiled float ij,jk->ik 1024 1024 1024 tile=128x128x8/8x8",
        "tiled float ij,jk->ik 64 4096 64 splits=4",
        "tiled double ij,jk->ik 512 512 512 tile=64x64x16/4x4",
        "tiled half bij,bkj->bik 4 512 512 512 tile=128x64x8/8x4",
        "tiled complex ij,jk->ik 512 512 512",
        "tiled long ij,jk->ik 512 512 512",
        // With indices of 64 bits.
        "fill float ->i 2000000000",
        "nest float ij,j->ij 40000 40000",
        "rows float ij->i 40000 40000",
        "columns float ji->i 40000 40000",
        "transpose float ij->ji 40000 40000",
        "transpose half bij->bji 2 40000 40000",
        "tiled float ij,jk->ik 40000 40000 40000",
        "tiled complex ij,jk->ik 40000 40000 40000",
    ];

    static readonly string[] s_tensorCores =
    [
        "tensor-core half ij,kj->ik 1024 1024 1024 splits=1 tile=128x128x32/64x32x3",
        "tensor-core half bji,bjk->bik 4 100 1024 1024 tile=64x64x32/32x32x3",
        "tensor-core float ij,jk->ik 1024 1024 1024 precision=tf32 tile=128x128x16/64x32x3",
        "tensor-core float ji,kj->ik 1024 1024 1023 precision=tf32 tile=64x64x16/32x32x3",
        "tensor-core float ij,kj->ik 1024 1024 1024 precision=bfloat16 tile=128x128x16/64x32x3",
        "tensor-core double ij,jk->ik 1024 1024 1024 tile=64x64x16/32x16x3",
        "tensor-core half ij,jk->ik 40000 40000 40000",
        "tensor-core half ij,kj->ik 40000 40001 40000",
        "tensor-core float ij,jk->ik 40000 40000 40000 precision=tf32",
        "tensor-core double ij,jk->ik 40000 40000 40000",
    ];

    [Test]
    public void Warpgroups([Values("ij,kj->ik", "ij,jk->ik", "bji,bkj->bik")] string equation, [Values("half", "tf32", "bfloat16")] string kind, [Values(1024, 40000)] int size)
    {
        Nvrtc.Need("sm_90a");
        var (element, precision) = kind == "half" ? (ElementType.Half, MatrixPrecision.Full) : (ElementType.Float, Enum.Parse<MatrixPrecision>(kind, true));
        var plan = EquationPlan.Make(equation, element, label => label == 'b' ? 3 : size);
        foreach (var tile in WgmmaTests.Tiles(plan, precision))
        {
            var kernel = KernelEmitter.Emit(plan, Limits.Cuda(90) with { HasWgmma = true }, KernelDialect.Cuda, new EmitOptions(Precision: precision, Family: "warpgroup", Tile: tile, Splits: 1)).Single();
            var report = Nvrtc.Compile(kernel.Source, "sm_90a");
            Assert.That(report.Spills, Is.Zero, () => $"{tile}\n{report.Log}\n{kernel.Source}");
            Assert.That(report.Log, Does.Not.Contain("serialized"), () => $"{tile}\n{kernel.Source}");
            TestContext.Out.WriteLine($"{kernel.EntryPoint} {tile}: {report.Registers} registers");
        }
    }

    /// <summary>Members that lie where their addresses say; a first one beyond the reach of 32 bits makes the indices of all wide.</summary>
    static GroupedMember[] List(ElementType element, Func<int, long> size, bool isWide) =>
        [.. Enumerable.Range(1, 5).Select(i => new GroupedMember(EquationPlan.Make("ij,jk->ik", element, label => label == 'j' ? 1000 : isWide && i == 1 ? 40000 : size(i)), 1L << 40, 1L << 41, 1L << 42))];

    [Test]
    public void Lists_of_products([Values(ElementType.Float, ElementType.Double, ElementType.Half, ElementType.Complex)] ElementType element, [Values] bool isWide, [Values(75, 80, 90)] int sm)
    {
        Nvrtc.Need(sm);
        var (kernel, _) = GroupedEmitter.Emit(List(element, i => 30 * i, isWide), Limits.Cuda(sm), KernelDialect.Cuda, EmitOptions.Default);
        WithoutSpills(kernel, sm, isWide && element == ElementType.Complex ? MostOfWideComplex : 0);
    }

    [Test]
    public void Lists_of_products_on_tensor_cores([Values("half", "double", "tf32", "bfloat16")] string kind, [Values] bool isAligned, [Values] bool isWide, [Values(80, 90)] int sm)
    {
        Nvrtc.Need(sm);
        var (element, precision) = kind switch { "half" => (ElementType.Half, MatrixPrecision.Full), "double" => (ElementType.Double, MatrixPrecision.Full), _ => (ElementType.Float, Enum.Parse<MatrixPrecision>(kind, true)) };
        var (kernel, _) = GroupedEmitter.Emit(List(element, i => isAligned ? 32 * i : 33 * i, isWide), Limits.Cuda(sm), KernelDialect.Cuda, new EmitOptions(Precision: precision));
        Assert.That(kernel.EntryPoint, Is.EqualTo("grouped_tensor_core"));
        WithoutSpills(kernel, sm);
    }

    [Test]
    public void Scans([Values] ScanOperation operation, [Values(ElementType.Float, ElementType.Double, ElementType.Int)] ElementType element, [Values(1_000_000, 1_000_000_000)] int length, [Values(75, 80, 90)] int sm)
    {
        Nvrtc.Need(sm);
        var plan = new ScanPlan(element, operation, false, [new Loop(3, LoopRole.Free, [length, length])], new Loop(length, LoopRole.Free, [1, 1]));
        var kernels = ScanEmitter.Emit(plan, Limits.Cuda(sm), KernelDialect.Cuda, EmitOptions.Default);
        Assert.That(kernels, Has.Length.EqualTo(2), "so long a line is cut into pieces");
        Assert.That(kernels.Select(kernel => kernel.Kernel!.WideIndex), Is.All.EqualTo(length > 1_000_000));
        foreach (var kernel in kernels) WithoutSpills(kernel, sm);
    }

    [Test]
    public void Sums_of_another_type([Values("tensor-core", "warpgroup")] string family, [Values("ij,kj->ik", "ij,jk->ik")] string equation, [Values] bool areHalves)
    {
        Nvrtc.Need(family == "warpgroup" ? "sm_90a" : "sm_80");
        var (limits, precision) = (family == "warpgroup" ? Limits.Cuda(90) with { HasWgmma = true } : Limits.Cuda(80), areHalves ? MatrixPrecision.Full : MatrixPrecision.Tf32);
        var plan = EquationPlan.Make(equation, ElementType.Half, _ => 1024);
        var mixed = areHalves ? PlanData.Mixed(plan, ElementType.Half, ElementType.Float) : PlanData.Mixed(plan, ElementType.Float, ElementType.Half);
        foreach (var tile in KernelEmitter.Tiles(mixed, limits, KernelDialect.Cuda, new EmitOptions(Precision: precision, Family: family)))
        {
            var report = Nvrtc.Compile(KernelEmitter.Emit(mixed, limits, KernelDialect.Cuda, new EmitOptions(Precision: precision, Family: family, Tile: tile, Splits: 1)).Single().Source, family == "warpgroup" ? "sm_90a" : "sm_80");
            Assert.That(report.Spills, Is.Zero, () => $"{tile}\n{report.Log}");
            Assert.That(report.Log, Does.Not.Contain("serialized"), () => $"{tile}");
        }
    }

    static void WithoutSpills(EmittedKernel kernel, int sm, int most = 0)
    {
        var report = Nvrtc.Compile(kernel.Source, $"sm_{sm}");
        Assert.That(report.Spills, Is.LessThanOrEqualTo(most), () => $"{report.Log}\n{kernel.Source}");
        TestContext.Out.WriteLine($"{kernel.EntryPoint} sm_{sm}: {report.Registers} registers");
    }

    [Test]
    public void Tensor_cores([ValueSource(nameof(s_tensorCores))] string line, [Values(80, 86, 90)] int sm) => Compiles_without_spills(line, sm);

    [Test]
    public void Compiles_without_spills([ValueSource(nameof(s_cases))] string line, [Values(75, 80, 90)] int sm)
    {
        Nvrtc.Need(sm);
        var (plan, options) = FamilyPlans.Parse(line);
        foreach (var kernel in KernelEmitter.Emit(plan, Limits.Cuda(sm), KernelDialect.Cuda, options))
        {
            var report = Nvrtc.Compile(kernel.Source, $"sm_{sm}");
            // The nest of small plans, padded to four loops and four, keeps a few of its many strides on the stack; it runs for no time that counts.
            Assert.That(report.Spills, Is.LessThanOrEqualTo(kernel.EntryPoint == "nest" ? MostOfNest : 0), () => $"{report.Log}\n{kernel.Source}");
            TestContext.Out.WriteLine($"{kernel.EntryPoint} sm_{sm}: {report.Registers} registers");
        }
    }
}
