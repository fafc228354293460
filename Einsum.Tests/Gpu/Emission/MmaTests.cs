using System.Numerics;
using EinsumNet.Backends.Gpu;
using EinsumNet.Tests.Cpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>
/// Products on tensor cores, interpreted: no test machine has them. The interpreter spreads matrices over a warp as the instruction set's manual says, so
/// this checks the kernels' indices, guards, stages and barriers, not the hardware.
/// </summary>
[Parallelizable(ParallelScope.All)]
sealed class MmaTests
{
    static readonly string[] s_equations = ["ij,jk->ik", "ji,jk->ik", "ij,kj->ik", "ji,kj->ki", "bij,bjk->bik", "ijb,bkj->kbi"];

    static IEnumerable<TestCaseData> Cases =>
        from kind in new[] { (ElementType.Half, MatrixPrecision.Full), (ElementType.Double, MatrixPrecision.Full), (ElementType.Float, MatrixPrecision.Tf32), (ElementType.Float, MatrixPrecision.BFloat16) }
        from equation in s_equations
        select new TestCaseData(kind.Item1, kind.Item2, equation);

    [TestCaseSource(nameof(Cases))]
    public void Sizes_around_a_tile(ElementType element, MatrixPrecision precision, string equation)
    {
        var random = new Random(6);
        var tile = new TileShape(32, 32, element == ElementType.Half ? 32 : 16, 16, 16, 3);
        foreach (var (m, n, k) in new[] { (32, 32, 64), (31, 33, 47), (40, 24, 8), (33, 17, 131), (64, 48, 32) })
        {
            var plan = EquationPlan.Make(equation, element, label => label switch { 'i' => m, 'k' => n, 'j' => k, _ => 2 });
            Check(plan, new EmitOptions(Precision: precision, Family: "tensor-core", Tile: tile, Splits: k == 131 ? 2 : 1), random);
        }
    }

    [Test]
    public void Every_tile([Values(ElementType.Half, ElementType.Double, ElementType.Float)] ElementType element, [Values] bool transposed)
    {
        var plan = EquationPlan.Make(transposed ? "ji,kj->ik" : "ij,jk->ik", element, label => label switch { 'i' => 130, 'k' => 72, _ => 40 });
        var options = new EmitOptions(Precision: MatrixPrecision.Tf32, Family: "tensor-core");
        var target = new EmitTarget(Limits.Cuda(80), KernelDialect.Cuda, options);
        foreach (var tile in new MmaFamily().Tiles(plan, target)) Check(plan, options with { Tile = tile, Splits = 1 }, new Random(7));
    }

    /// <summary>Halves whose sums stay floats, as intermediates do, and rounded floats whose sums become halves.</summary>
    [Test]
    public void Sums_of_another_type([Values("ij,jk->ik", "ji,kj->ki", "ijb,bkj->kbi")] string equation, [Values(1, 2)] int splits)
    {
        var plan = EquationPlan.Make(equation, ElementType.Half, label => label switch { 'i' => 33, 'k' => 17, 'j' => 131, _ => 2 });
        var halves = PlanData.Mixed(plan, ElementType.Half, ElementType.Float);
        PlanData.CheckMixed(halves, new PlanInterpreted(halves, Limits.Cuda(80), KernelDialect.Cuda, new EmitOptions(Family: "tensor-core", Tile: new TileShape(32, 32, 32, 16, 16, 3), Splits: splits)), new Random(6));
        var floats = PlanData.Mixed(plan, ElementType.Float, ElementType.Half);
        var options = new EmitOptions(Precision: MatrixPrecision.Tf32, Family: "tensor-core", Tile: new TileShape(32, 32, 16, 16, 16, 3), Splits: splits);
        PlanData.CheckMixed(floats, new PlanInterpreted(floats, Limits.Cuda(80), KernelDialect.Cuda, options), new Random(6));
    }

    /// <summary>A tile takes the local memory of its factors, whatever the sums become.</summary>
    [Test]
    public void Tiles_of_factors_are_as_large_whatever_their_sums_are([Values] bool areHalves)
    {
        var (factor, other, precision) = areHalves ? (ElementType.Half, ElementType.Float, MatrixPrecision.Full) : (ElementType.Float, ElementType.Half, MatrixPrecision.Tf32);
        var plan = EquationPlan.Make("ij,jk->ik", factor, _ => 1024);
        var target = new EmitTarget(Limits.Cuda(80), KernelDialect.Cuda, new EmitOptions(Precision: precision, Family: "tensor-core"));
        var tiles = new MmaFamily().Tiles(plan, target);
        Assert.That(tiles.Select(tile => Bytes(plan, tile)), Has.Some.Positive);
        foreach (var tile in tiles) Assert.That(Bytes(PlanData.Mixed(plan, factor, other), tile), Is.EqualTo(Bytes(plan, tile)), $"{tile}");

        int Bytes(KernelPlan plan, TileShape tile) => KernelEmitter.Emit(plan, target.Limits, target.Dialect, target.Options with { Tile = tile, Splits = 1 }).Single().Launch.LocalBytes;
    }

    static void Check(KernelPlan plan, EmitOptions options, Random random)
    {
        var kernel = new PlanInterpreted(plan, Limits.Cuda(80), KernelDialect.Cuda, options);
        if (plan.Element != ElementType.Float) PlanData.Check(plan, kernel, random);
        else PlanCheck.Rounded(plan, kernel, () => random.NextSingle() * 2 - 1, x => new Complex(x, 0), float.Pow(2, options.Precision == MatrixPrecision.Tf32 ? -11 : -8), float.Epsilon);
    }
}
