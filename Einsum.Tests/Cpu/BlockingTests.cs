using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>How much of a product is worked on at once, by the sizes of the caches.</summary>
[Parallelizable(ParallelScope.All)]
sealed class BlockingTests
{
    [TestCase(512 << 10, 4, 512)]
    [TestCase(1 << 20, 4, 512)]
    [TestCase(2 << 20, 4, 1024)]
    [TestCase(8 << 20, 4, 1024)]
    [TestCase(1 << 20, 8, 293)]
    [TestCase(2 << 20, 8, 512)]
    public void Blocks_are_as_deep_as_L2_allows_and_even(long l2, int elementSize, int depth) =>
        Assert.That(For(l2, 2048, elementSize).Depth, Is.EqualTo(depth));

    [Test]
    public void Deeper_blocks_are_for_results_that_L2_does_not_hold() => Assert.That((For(2 << 20, 725, 4).Depth, For(2 << 20, 720, 4).Depth), Is.EqualTo((725, 360)));

    [TestCase(512 << 10)]
    [TestCase(2 << 20)]
    public void A_block_of_x_takes_half_of_L2(long l2)
    {
        var blocks = For(l2, 2048, sizeof(float));
        Assert.That((long)blocks.Rows * blocks.Depth * sizeof(float), Is.InRange(l2 / 4, l2 / 2));
    }

    /// <summary>Blocks of y beside a kept x are no larger than what is asked for ahead, whatever L2 has.</summary>
    [TestCase(512 << 10, 256)]
    [TestCase(1 << 20, 512)]
    [TestCase(2 << 20, 512)]
    public void A_block_of_y_beside_a_kept_x(long l2, int columns)
    {
        var blocks = Blocking.For(32, 1 << 16, 256, 14, 32, sizeof(float), Caches(l2), isFar: true);
        Assert.That((blocks.KeepsX, blocks.Columns, blocks.Streams), Is.EqualTo((true, columns, true)));
        Assert.That(blocks.Columns * 256 * sizeof(float), Is.LessThanOrEqualTo(Blocking.MaxKeptColumnBytes));
    }

    /// <summary>Of x in all its depth, or, if y has many columns, of as many blocks of it as fit a quarter of L2, or three eighths beside several times as many columns.</summary>
    [TestCase(32, 500, 1000, 1000)]
    [TestCase(32, 500, 5000, 5000)]
    [TestCase(150, 650, 20_000, 1250)]
    [TestCase(150, 590, 20_000, 625)]
    [TestCase(32, 500, 20_000, 5625)]
    [TestCase(128, 500, 20_000, 625)]
    [TestCase(210, 500, 20_000, 0)]
    [TestCase(32, 131, 20_000, 0)]
    [TestCase(64, 3000, 20_000, 2500)]
    [TestCase(100, 3000, 20_000, 1875)]
    [TestCase(190, 3000, 20_000, 1000)]
    [TestCase(190, 700, 20_000, 625)]
    [TestCase(220, 700, 20_000, 0)]
    [TestCase(200, 3000, 20_000, 0)]
    public void What_is_kept_of_x(long rows, long columns, long depth, long kept) =>
        Assert.That(Blocking.For(rows, columns, depth, 14, 32, sizeof(float), Caches(2 << 20), isFar: true).KeptDepth, Is.EqualTo(kept));

    /// <summary>What is kept of x is packed for the first block of columns alone, so it is one block of rows.</summary>
    [Test]
    public void What_is_kept_of_x_is_one_block([Values(4, 8)] int elementSize, [Values(6, 14)] int tileRows)
    {
        foreach (var l2 in new long[] { 4 << 10, 100 << 10, 128 << 10, 256 << 10, 1 << 20 })
            foreach (var depth in new[] { 20, 300, 640, 3000 })
                for (var rows = 1; rows < 60; rows++)
                {
                    var blocks = Blocking.For(rows, 1000, depth, tileRows, 64 / elementSize * 2, elementSize, Caches(l2), isFar: false);
                    if (blocks.KeepsX) Assert.That(blocks.Rows, Is.GreaterThanOrEqualTo(rows), $"{rows} x {depth}, {l2}");
                }
    }

    /// <summary>The depth is walked in y's order where x is kept and little beside it: in even steps, though x has its neighbours along the other loop.</summary>
    [TestCase(76, 5760, true)]
    [TestCase(76, 800, false)]
    public void Order_of_the_depth(int rows, int columns, bool isEven)
    {
        var plan = EquationPlan.Make("bde,edc->bc", ElementType.Float, label => label switch { 'b' => rows, 'c' => columns, 'd' => 72, _ => 80 });
        var shape = ContractionShape.Of(plan, (14, 32), Caches(2 << 20), out _);
        var steps = Enumerable.Range(0, 1000).Select(p => shape.Depth.Offset(shape.Y, p)).ToArray();
        Assert.That(steps.Zip(steps.Skip(1), (one, next) => next - one).All(step => step == columns), Is.EqualTo(isEven));
    }

    /// <summary>Rows of the result that are a few lines long are written in the order in which x is read.</summary>
    [TestCase(64, true)]
    [TestCase(65, false)]
    public void Order_of_the_rows(int columns, bool isOfX)
    {
        var plan = EquationPlan.Make("dab,cd->bac", ElementType.Float, label => label switch { 'a' => 20, 'b' => 138, 'c' => columns, _ => 6 });
        var shape = ContractionShape.Of(plan, (14, 32), Caches(1 << 20), out _);
        Assert.That(shape.Rows.Offset(shape.X, 1), Is.EqualTo((nint)(isOfX ? 1 : 138)));
    }

    /// <summary>A result of 16 MB fits 32 MB alone, but not beside an operand of 24 MB.</summary>
    [TestCase(96, false)]
    [TestCase(150, true)]
    public void Results_go_past_the_caches_where_they_do_not_fit_beside_the_operands(int depth, bool streams)
    {
        var plan = EquationPlan.Make("ij,jk->ik", ElementType.Float, label => label switch { 'i' => 100, 'k' => 40_000, _ => depth });
        _ = ContractionShape.Of(plan, (14, 32), Caches(1 << 20), out var blocks);
        Assert.That(blocks.Streams, Is.EqualTo(streams));
    }

    static Blocking For(long l2, long size, int elementSize) => Blocking.For(size, size, size, 14, 64 / elementSize * 2, elementSize, Caches(l2), isFar: false);

    static CacheSizes Caches(long l2) => new(48 << 10, l2, 32 << 20);
}
