using EinsumNet.Backends.Cpu.Tests;
using EinsumNet.Backends.Gpu;
using EinsumNet.Tests.Cpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>Every tile, at sizes around its edges, with operands and results in every order of their axes, sums split and not.</summary>
[Parallelizable(ParallelScope.All)]
sealed class TiledTests
{
    static readonly string[] s_equations = ["ij,jk->ik", "ji,jk->ik", "ij,kj->ik", "ji,kj->ki", "bij,bjk->bik", "ijb,bkj->kbi"];

    static readonly EmitTarget s_card = new(Limits.Card with { LocalBytes = 64 << 10 }, KernelDialect.OpenCL, new(Family: "tiled"));

    static IEnumerable<TileShape> Tiles =>
        new TiledFamily().Tiles(EquationPlan.Make("ij,jk->ik", ElementType.Float, _ => 8), s_card);

    /// <summary>The tiles with the element types that they are for.</summary>
    static IEnumerable<object[]> TilesOfTypes =>
        from tile in Tiles
        from element in new[] { ElementType.Float, ElementType.Complex, ElementType.Half }
        where TileModel.Fits(tile, element.Arithmetic(), s_card.Limits)
        select new object[] { tile, element };

    /// <summary>Nests that are interpreted in a fraction of a second.</summary>
    static IEnumerable<int> Seeds => Enumerable.Range(0, 40).Where(seed => RandomLoops.Contraction(seed).Aggregate(1L, (product, loop) => product * loop.Extent) <= 200_000);

    [TestCaseSource(nameof(TilesOfTypes))]
    public void Edges_of_every_tile(TileShape tile, ElementType element)
    {
        var random = new Random(3);
        foreach (var (i, equation) in s_equations.Index())
        {
            var (m, n, k) = (tile.Rows + random.Next(-1, 2), tile.Columns + random.Next(-1, 2), tile.Depth + i switch { 0 => -1, 1 => 0, 2 => 1, _ => random.Next(-1, 10) });
            var plan = EquationPlan.Make(equation, element, label => label switch { 'i' => m, 'k' => n, 'j' => k, _ => 2 });
            var options = s_card.Options with { Tile = tile, Splits = i == 4 ? 3 : 1 };
            PlanData.Check(plan, new PlanInterpreted(plan, s_card.Limits, s_card.Dialect, options), random);
        }
    }

    [Test]
    public void Random_loops([ValueSource(nameof(Seeds))] int seed)
    {
        var element = (ElementType)(seed % 14);
        var random = new Random(seed);
        var loops = RandomLoops.Contraction(seed).OrderBy(loop => loop.Role).ToArray();
        var plan = new KernelPlan(KernelKind.Contraction, [new(element), new(element)], new(element), [.. loops]);
        var tiles = new TiledFamily().Tiles(plan, s_card);
        var options = s_card.Options with { Tile = tiles[random.Next(tiles.Length)], Splits = random.Next(1, 4) };
        PlanData.Check(plan, new PlanInterpreted(plan, s_card.Limits, s_card.Dialect, options), random, special: seed % 5 == 0);
    }
}
