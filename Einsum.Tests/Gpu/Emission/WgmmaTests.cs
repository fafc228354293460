using System.Numerics;
using EinsumNet.Backends.Gpu;
using EinsumNet.Tests.Cpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>Products of warpgroups, interpreted: the places that kernels write to, against the addresses that the manual says the hardware reads; stages, waits and guards.</summary>
[Parallelizable(ParallelScope.All)]
sealed class WgmmaTests
{
    static readonly DeviceLimits s_hopper = Limits.Cuda(90) with { HasWgmma = true };

    static readonly (ElementType Element, MatrixPrecision Precision)[] s_kinds = [(ElementType.Half, MatrixPrecision.Full), (ElementType.Float, MatrixPrecision.Tf32), (ElementType.Float, MatrixPrecision.BFloat16)];

    static IEnumerable<TestCaseData> Cases =>
        from kind in s_kinds
        from equation in new[] { "ij,jk->ik", "ji,jk->ik", "ij,kj->ik", "ijb,bkj->kbi" }
        select new TestCaseData(kind.Element, kind.Precision, equation);

    [TestCaseSource(nameof(Cases))]
    public void Sizes_around_a_tile(ElementType element, MatrixPrecision precision, string equation)
    {
        var random = new Random(6);
        foreach (var (m, n, k) in new[] { (64, 64, 64), (63, 65, 130), (70, 24, 8), (33, 66, 333) })
        {
            var plan = EquationPlan.Make(equation, element, label => label switch { 'i' => m, 'k' => n, 'j' => k, _ => 2 });
            Check(plan, Tiles(plan, precision)[^1], k == 333 ? 2 : 1, precision, random);
        }
    }

    [Test]
    public void Every_tile([ValueSource(nameof(s_kinds))] (ElementType Element, MatrixPrecision Precision) kind)
    {
        var plan = EquationPlan.Make("ij,kj->ik", kind.Element, label => label switch { 'i' => 136, 'k' => 264, _ => 200 });
        foreach (var tile in Tiles(plan, kind.Precision)) Check(plan, tile, 1, kind.Precision, new Random(7));
    }

    [Test]
    public void Sums_of_another_type([Values("ij,jk->ik", "ijb,bkj->kbi")] string equation, [Values(1, 2)] int splits)
    {
        var plan = EquationPlan.Make(equation, ElementType.Half, label => label switch { 'i' => 33, 'k' => 66, 'j' => 150, _ => 2 });
        foreach (var (operands, result, precision) in new[] { (ElementType.Half, ElementType.Float, MatrixPrecision.Full), (ElementType.Float, ElementType.Half, MatrixPrecision.Tf32) })
        {
            var mixed = PlanData.Mixed(plan, operands, result);
            PlanData.CheckMixed(mixed, new PlanInterpreted(mixed, s_hopper, KernelDialect.Cuda, new EmitOptions(Precision: precision, Family: "warpgroup", Tile: Tiles(mixed, precision)[^1], Splits: splits)), new Random(6));
        }
    }

    [Test]
    public void They_are_taken_where_the_device_and_the_compiler_have_them()
    {
        var large = EquationPlan.Make("ij,jk->ik", ElementType.Half, _ => 512);
        Assert.That(KernelEmitter.Describe(large, s_hopper, KernelDialect.Cuda, EmitOptions.Default), Is.EqualTo("warpgroup"));
        Assert.That(KernelEmitter.Describe(large, Limits.Cuda(90), KernelDialect.Cuda, EmitOptions.Default), Is.EqualTo("tensor-core"));
        Assert.That(KernelEmitter.Describe(EquationPlan.Make("ij,jk->ik", ElementType.Half, label => label == 'i' ? 40 : 512), s_hopper, KernelDialect.Cuda, EmitOptions.Default), Is.EqualTo("tensor-core"));
        Assert.That(KernelEmitter.Describe(EquationPlan.Make("ij,jk->ik", ElementType.Double, _ => 512), s_hopper, KernelDialect.Cuda, EmitOptions.Default), Is.EqualTo("tensor-core"));
        Assert.That(KernelEmitter.Describe(EquationPlan.Make("ij,jk->ik", ElementType.Float, _ => 512), s_hopper, KernelDialect.Cuda, EmitOptions.Default), Is.EqualTo("tiled"));
    }

    [TestCase(9, 12, true)]
    [TestCase(9, 11, false)]
    [TestCase(8, 12, false)]
    public void The_compilers_version_decides(int major, int compiler, bool has)
    {
        var device = new FakeCuda { Sm = (major, 0), CompilerVersion = compiler }.Device;
        Assert.That(device.Limits.HasWgmma, Is.EqualTo(has));
        Assert.That(new CudaCompiler(device).Options[0], Is.EqualTo(has ? "--gpu-architecture=sm_90a" : $"--gpu-architecture=sm_{major}0"));
    }

    internal static System.Collections.Immutable.ImmutableArray<TileShape> Tiles(KernelPlan plan, MatrixPrecision precision) =>
        [.. new WgmmaFamily().Tiles(plan, new EmitTarget(s_hopper, KernelDialect.Cuda, new EmitOptions(Precision: precision))).OrderByDescending(tile => tile.Rows * tile.Columns)];

    static void Check(KernelPlan plan, TileShape tile, int splits, MatrixPrecision precision, Random random)
    {
        var kernel = new PlanInterpreted(plan, s_hopper, KernelDialect.Cuda, new EmitOptions(Precision: precision, Family: "warpgroup", Tile: tile, Splits: splits));
        if (plan.Element != ElementType.Float) PlanData.Check(plan, kernel, random);
        else PlanCheck.Rounded(plan, kernel, () => random.NextSingle() * 2 - 1, x => new Complex(x, 0), float.Pow(2, precision == MatrixPrecision.Tf32 ? -11 : -8), float.Epsilon);
    }
}
