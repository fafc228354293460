using System.Numerics;
using EinsumNet.Backends.Gpu;
using EinsumNet.Tests.Cpu;

namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>The CUDA text of products on tensor cores, run without a GPU: inline instructions, the order of their operands, what is packed where.</summary>
[Parallelizable(ParallelScope.All)]
sealed class PtxTensorCoreTests
{
    static readonly (ElementType Element, MatrixPrecision Precision)[] s_kinds =
        [(ElementType.Half, MatrixPrecision.Full), (ElementType.Double, MatrixPrecision.Full), (ElementType.Float, MatrixPrecision.Tf32), (ElementType.Float, MatrixPrecision.BFloat16)];

    [Test]
    public void Warps([ValueSource(nameof(s_kinds))] (ElementType Element, MatrixPrecision Precision) kind, [Values("ij,jk->ik", "ij,kj->ik", "ijb,bkj->kbi", "ji,kj->ki")] string equation)
    {
        Nvrtc.Need(80);
        var random = new Random(6);
        var tile = new TileShape(32, 32, kind.Element == ElementType.Half ? 32 : 16, 16, 16, 3);
        foreach (var (m, n, k) in equation == "ijb,bkj->kbi" ? new[] { (33, 17, 131) } : [(32, 40, 64), (31, 33, 47)])
        {
            var plan = EquationPlan.Make(equation, kind.Element, label => label switch { 'i' => m, 'k' => n, 'j' => k, _ => 2 });
            Check(plan, Limits.Cuda(80), new EmitOptions(Precision: kind.Precision, Family: "tensor-core", Tile: tile, Splits: k == 131 ? 2 : 1), random);
        }
    }

    [Test]
    public void The_models_tile([ValueSource(nameof(s_kinds))] (ElementType Element, MatrixPrecision Precision) kind)
    {
        Nvrtc.Need(80);
        var plan = EquationPlan.Make("ij,jk->ik", kind.Element, label => label switch { 'i' => 130, 'k' => 72, _ => 40 });
        Check(plan, Limits.Cuda(80), new EmitOptions(Precision: kind.Precision, Family: "tensor-core"), new Random(7));
    }

    /// <summary>Halves whose sums stay floats, as intermediates do, and rounded floats whose sums become halves; by warps and by warpgroups.</summary>
    [Test]
    public void Sums_of_another_type([Values("tensor-core", "warpgroup")] string family, [Values] bool areHalves, [Values(1, 2)] int splits)
    {
        Nvrtc.Need(family == "warpgroup" ? "sm_90a" : "sm_80");
        var limits = family == "warpgroup" ? Limits.Cuda(90) with { HasWgmma = true } : Limits.Cuda(80);
        var plan = EquationPlan.Make("ij,kj->ik", ElementType.Half, label => label switch { 'i' => 33, 'k' => 66, _ => 150 });
        var (mixed, precision) = areHalves ? (PlanData.Mixed(plan, ElementType.Half, ElementType.Float), MatrixPrecision.Full) : (PlanData.Mixed(plan, ElementType.Float, ElementType.Half), MatrixPrecision.Tf32);
        PlanData.CheckMixed(mixed, new PlanOnPtx(mixed, limits, new EmitOptions(Precision: precision, Family: family, Splits: splits)), new Random(8));
    }

    internal static void Check(KernelPlan plan, DeviceLimits limits, EmitOptions options, Random random, Func<string, string>? change = null)
    {
        var kernel = new PlanOnPtx(plan, limits, options, change: change);
        if (plan.Element != ElementType.Float) PlanData.Check(plan, kernel, random);
        else PlanCheck.Rounded(plan, kernel, () => random.NextSingle() * 2 - 1, x => new Complex(x, 0), float.Pow(2, options.Precision == MatrixPrecision.Tf32 ? -11 : -8), float.Epsilon);
    }

    [Test]
    public void Warpgroups([Values(0, 2, 3)] int kind, [Values("ij,jk->ik", "ji,jk->ik", "ij,kj->ik", "ijb,bkj->kbi")] string equation)
    {
        Nvrtc.Need("sm_90a");
        var (limits, random) = (Limits.Cuda(90) with { HasWgmma = true }, new Random(6));
        var (element, precision) = s_kinds[kind];
        var (m, n, k) = equation switch { "ij,jk->ik" => (64, 72, 72), "ji,jk->ik" => (63, 65, 130), "ij,kj->ik" => (70, 130, 136), _ => (33, 66, 150) };
        var plan = EquationPlan.Make(equation, element, label => label switch { 'i' => m, 'k' => n, 'j' => k, _ => 2 });
        var tiles = WgmmaTests.Tiles(plan, precision);
        Check(plan, limits, new EmitOptions(Precision: precision, Family: "warpgroup", Tile: equation == "ij,kj->ik" ? tiles[0] : tiles[^1], Splits: k == 150 ? 2 : 1), random);
    }
}
