using System.Numerics;
using EinsumNet.Tests.Cpu;

namespace EinsumNet.Backends.Cpu.Tests;

[Parallelizable(ParallelScope.All)]
[TestFixture(128)]
[TestFixture(256)]
[TestFixture(512)]
public class PackedContractionTests(int simdBits)
{
    static readonly int[] s_rows = [.. Enumerable.Range(1, 29), 42, 43];
    static readonly int[] s_columns = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65];

    [Test]
    public void Every_edge_of_a_tile_is_exact([Values] bool transposeA, [Values] bool transposeB, [Values] bool resultByColumns)
    {
        foreach (var rows in s_rows)
        {
            foreach (var columns in s_columns)
            {
                ContractionCase<float>.Matrices(rows, columns, 9, transposeA, transposeB, resultByColumns).Check(simdBits);
                ContractionCase<double>.Matrices(rows, columns, 5, transposeA, transposeB, resultByColumns).Check(simdBits);
            }
        }
    }

    [Test]
    public void Blocks_of_depth_add_up([Values(1, 2, 191, 192, 193, 383, 384, 385, 767, 769)] int depth, [Values] bool transpose)
    {
        ContractionCase<float>.Matrices(17, 37, depth, transpose, !transpose).Check(simdBits);
        ContractionCase<double>.Matrices(17, 37, depth, transpose, !transpose).Check(simdBits);
    }

    [TestCase(701, 33, 390, 1)]
    [TestCase(15, 3100, 400, 2)]
    [TestCase(350, 300, 200, 5)]
    public void Several_blocks_and_threads(int rows, int columns, int depth, int threads)
    {
        ContractionCase<float>.Matrices(rows, columns, depth).Check(simdBits, threads);
        ContractionCase<double>.Matrices(rows, columns, depth, transposeB: true).Check(simdBits, threads);
    }

    [Test]
    public void Random_loops_and_strides([Range(0, 9)] int hundred)
    {
        for (var seed = 100 * hundred; seed < 100 * hundred + 100; seed++)
        {
            var loops = RandomLoops.Contraction(seed);
            new ContractionCase<float>(loops).Check(simdBits, threads: 1 + seed % 3);
            new ContractionCase<double>(loops).Check(simdBits, threads: 1 + seed % 3);
        }
    }

    /// <summary>With caches of a few lines, small products take the ways of large ones: many blocks, kept operands, results past the caches.</summary>
    [Test]
    public void Random_loops_in_small_caches([Range(0, 4)] int hundred)
    {
        for (var seed = 100 * hundred; seed < 100 * hundred + 100; seed++)
        {
            var loops = RandomLoops.Contraction(seed);
            var family = new PackedFamily(new CacheSizes(256, 256 << (seed % 5), 4096));
            var (floats, doubles) = (new ContractionCase<float>(loops), new ContractionCase<double>(loops));
            floats.Check(family.Create(floats.Plan, simdBits), $"seed {seed}", threads: 1 + seed % 3, byLine: seed % 2 == 0);
            doubles.Check(family.Create(doubles.Plan, simdBits), $"seed {seed}", threads: 1 + seed % 3, byLine: seed % 2 == 0);
        }
    }

    /// <summary><c>adb,cd->cba</c>: the operand's neighbours lie along b, the result's along a, so that lines are transposed from panel to panel.</summary>
    [Test]
    public void Neighbours_along_different_free_loops([Values(5, 16, 33, 70)] int a, [Values(3, 4, 18, 67)] int b, [Values(1, 9, 700)] int depth)
    {
        const int rows = 13;
        Loop[] loops =
        [
            new(a, LoopRole.Left, [(long)depth * b, 0, 1]),
            new(b, LoopRole.Left, [1, 0, a]),
            new(rows, LoopRole.Right, [0, depth, (long)a * b]),
            new(depth, LoopRole.Contracted, [b, 1, 0]),
        ];
        // One memory order merges a and b in the result; with the other, b lies outside of the rows.
        foreach (var apart in new[] { false, true })
        {
            if (apart) (loops[1], loops[2]) = (loops[1] with { Strides = [1, 0, (long)a * rows] }, loops[2] with { Strides = [0, depth, a] });
            new ContractionCase<float>(loops).Check(simdBits, threads: 2);
            new ContractionCase<double>(loops).Check(simdBits);
        }
    }

    /// <summary>
    /// <c>apbe,rp->eb..ra</c> and the like: y's neighbours lie along e, the result's along a, and the result is less than y is, so that it is collected in y's
    /// order and moved. Extents beside those of squares and lines; more than one block of depth; the loop b between them or not; rows next to a or far from it.
    /// </summary>
    [TestCase(24, 70, 3, 60, 30)]
    [TestCase(25, 40, 7, 40, 31)]
    [TestCase(9, 67, 1, 450, 1500)]
    [TestCase(5, 128, 1, 416, 700)]
    [TestCase(100, 32, 2, 45, 128)]
    public void Results_in_another_order_than_y(int rows, int a, int b, int e, int depth)
    {
        foreach (var together in new[] { false, true })
        {
            long rowStride = together ? a : (long)a * b * e, far = together ? (long)a * rows : a;
            Loop[] loops =
            [
                new(a, LoopRole.Left, [(long)depth * b * e, 0, 1]),
                new(b, LoopRole.Left, [e, 0, far]),
                new(e, LoopRole.Left, [1, 0, far * b]),
                new(rows, LoopRole.Right, [0, depth, rowStride]),
                new(depth, LoopRole.Contracted, [(long)b * e, 1, 0]),
            ];
            using var contraction = new ContractionCase<float>(loops);
            _ = ContractionShape.Of(contraction.Plan, (14, 2 * simdBits / 32), CacheSizes.Machine, out var blocks);
            Assert.That(blocks.Collects, Is.EqualTo(System.Runtime.Intrinsics.X86.Avx512F.IsSupported), "the way that is tested");
            new ContractionCase<float>(loops).Check(simdBits, threads: 1 + rows % 3);
            if (depth < 100) new ContractionCase<double>(loops).Check(simdBits, threads: 2);
        }
    }

    /// <summary>While an entry's, or a block's, tiles are made the lines of the next one are asked for, beside each step of the sum or at once; in place and packed.</summary>
    [Test]
    public void Blocks_and_batches_whose_next_lines_are_asked_for([Values(1, 5)] int batch, [Values(29, 60)] int rows, [Values(33, 1100)] int columns, [Values(20, 130, 300)] int depth)
    {
        foreach (var step in new[] { columns, columns + 600 })
        {
            Loop[] loops =
            [
                new(batch, LoopRole.Batch, [0, (long)depth * step, (long)rows * columns]),
                new(rows, LoopRole.Left, [depth, 0, columns]),
                new(columns, LoopRole.Right, [0, 1, 1]),
                new(depth, LoopRole.Contracted, [1, step, 0]),
            ];
            new ContractionCase<float>(loops).Check(simdBits, threads: 1);
            new ContractionCase<double>(loops).Check(simdBits, threads: 2);
        }
    }

    /// <summary>Sums so long, and results so small, that stretches of the depth are summed apart: with one or two loops of depth, and columns apart or together.</summary>
    [TestCase(33, 45, 9000, 1)]
    [TestCase(70, 3, 4200, 7)]
    [TestCase(15, 16, 60_000, 113)]
    public void Long_sums_with_small_results_are_cut(int rows, int columns, int depth, int outer)
    {
        foreach (var step in new[] { 1, 3 })
        {
            var inner = depth / outer;
            Loop[] loops =
            [
                new(rows, LoopRole.Left, [(long)inner * outer, 0, step * columns + 5]),
                new(columns, LoopRole.Right, [0, step == 1 ? 1 : (long)inner * outer, step]),
                new(outer, LoopRole.Contracted, [1, step == 1 ? (long)columns * inner : inner, 0]),
                new(inner, LoopRole.Contracted, [outer, step == 1 ? columns : 1, 0]),
            ];
            new ContractionCase<float>(loops).Check(simdBits, threads: 2);
            new ContractionCase<double>(loops).Check(simdBits);
            using var contraction = new ContractionCase<float>(loops);
            var shape = ContractionShape.Of(contraction.Plan, (14, 2 * simdBits / 32), CacheSizes.Machine, out var blocks);
            Assert.That(DepthSplit.For(shape, blocks, 2 * simdBits / 32, sizeof(float)).Count, Is.GreaterThan(1), "the way that is tested");
            var first = contraction.Run(simdBits, threads: 1);
            foreach (var threads in new[] { 1, 2, 3, 5 }) Assert.That(contraction.Run(simdBits, threads).AsSpan().SequenceEqual(first), $"{threads} threads");
        }
    }

    /// <summary>A part of x's depth is kept while all columns of y pass by, then the next: alone, in batches, in stretches of long sums, with a result that is written in vectors or in single elements.</summary>
    [TestCase(1, 20, 2100, 1, 150)]
    [TestCase(1, 9, 5000, 2, 150)]
    [TestCase(3, 13, 2000, 2, 150)]
    [TestCase(1, 20, 2100, 1, 610)]
    [TestCase(3, 13, 2000, 2, 610)]
    public void Blocks_of_depth_of_which_x_is_kept(int batch, int rows, int depth, int threads, int columns)
    {
        var family = new PackedFamily(new CacheSizes(4 << 10, 256 << 10, 1 << 20));
        foreach (var step in new[] { 1, 2 })
        {
            Loop[] loops =
            [
                new(batch, LoopRole.Batch, [(long)rows * depth, (long)depth * columns, (long)rows * columns * step]),
                new(rows, LoopRole.Left, [depth, 0, columns * step]),
                new(columns, LoopRole.Right, [0, 1, step]),
                new(depth, LoopRole.Contracted, [1, columns, 0]),
            ];
            if (batch == 1) loops = loops[1..];
            using var floats = new ContractionCase<float>(loops);
            _ = ContractionShape.Of(floats.Plan, (14, 2 * simdBits / 32), new CacheSizes(4 << 10, 256 << 10, 1 << 20), out var blocks);
            Assert.That(blocks.KeptDepth, Is.InRange(1, depth - 1), "the way that is tested");
            new ContractionCase<float>(loops).Check(family.Create(floats.Plan, simdBits), "floats", threads);
            var doubles = new ContractionCase<double>(loops);
            doubles.Check(family.Create(doubles.Plan, simdBits), "doubles", threads);
        }
    }

    /// <summary>What is kept of x would be two blocks of rows by the size of L2 alone.</summary>
    [Test]
    public void A_kept_x_of_little_more_than_a_tile()
    {
        var family = new PackedFamily(new CacheSizes(32 << 10, 128 << 10, 4 << 20));
        using var contraction = ContractionCase<float>.Matrices(17, 1000, 640);
        contraction.Check(family.Create(contraction.Plan, simdBits), "floats", threads: 1);
    }

    [TestCase(16)]
    [TestCase(48)]
    public void Results_larger_than_the_caches_are_written_past_them(int columns)
    {
        var rows = 9_500_000 / columns;
        var contraction = ContractionCase<float>.Matrices(rows, columns, 2);
        contraction.Check(simdBits, threads: 2);
    }

    [Test]
    public void Batches_are_split_among_threads([Values(2, 3, 7, 150)] int batch, [Values(1, 2, 5)] int threads)
    {
        Loop[] loops =
        [
            new(batch, LoopRole.Batch, [30 * 40, 40 * 35, 30 * 35]),
            new(30, LoopRole.Left, [40, 0, 35]),
            new(35, LoopRole.Right, [0, 1, 1]),
            new(40, LoopRole.Contracted, [1, 35, 0]),
        ];
        new ContractionCase<float>(loops).Check(simdBits, threads);
        new ContractionCase<double>(loops).Check(simdBits, threads);
    }

    [Test]
    public void The_sum_over_nothing_is_zero()
    {
        ContractionCase<float>.Matrices(20, 40, 0).Check(simdBits, threads: 2);
        ContractionCase<double>.Matrices(20, 40, 0, resultByColumns: true).Check(simdBits);
    }

    [TestCase(0, 5)]
    [TestCase(5, 0)]
    public void An_empty_result_is_left_alone(int rows, int columns)
    {
        ContractionCase<float>.Matrices(rows, columns, 3).Check(simdBits, threads: 2);
        // Columns of two loops, of which patches are made.
        Loop[] loops = [new(rows, LoopRole.Left, [12, 0, 3]), new(columns, LoopRole.Right, [0, 9, 1]), new(4, LoopRole.Right, [0, 1, 90]), new(3, LoopRole.Contracted, [1, 4, 0])];
        new ContractionCase<float>(loops).Check(simdBits, threads: 2);
    }

    [Test]
    public void The_bits_depend_neither_on_the_run_nor_on_the_threads([Values] bool resultByColumns)
    {
        Same<float>(801);
        Same<double>(401);

        void Same<T>(int depth) where T : unmanaged, IFloatingPointIeee754<T>
        {
            using var contraction = ContractionCase<T>.Matrices(301, 517, depth, resultByColumns: resultByColumns);
            var first = contraction.Run(simdBits, threads: 1);
            foreach (var threads in new[] { 1, 2, 2, 3, 5 }) Assert.That(contraction.Run(simdBits, threads).AsSpan().SequenceEqual(first), $"{threads} threads");
        }
    }

    [TestCase(8, 1)]
    [TestCase(200, 1)]
    [TestCase(200, 2)]
    public void A_run_allocates_nothing(int size, int threads)
    {
        using var contraction = ContractionCase<float>.Matrices(size, size, size);
        var kernel = new PackedFamily().Create(contraction.Plan, simdBits);
        var (result, context) = (new float[size * size + 80], new CpuContext(threads, CancellationToken.None));
        Assert.That(Allocated(() => contraction.Run(kernel, result, context)), Is.Zero);
    }

    [Test]
    public void A_run_with_a_scattered_result_allocates_nothing()
    {
        Loop[] loops =
        [
            new(20, LoopRole.Left, [700, 0, 200]),
            new(30, LoopRole.Right, [0, 700, 3]),
            new(700, LoopRole.Contracted, [1, 1, 0]),
        ];
        using var contraction = new ContractionCase<double>(loops);
        var kernel = new PackedFamily().Create(contraction.Plan, simdBits);
        var (result, context) = (new double[20 * 200 + 80], new CpuContext(1, CancellationToken.None));
        Assert.That(Allocated(() => contraction.Run(kernel, result, context)), Is.Zero);
    }

    /// <summary>
    /// Bytes per ten runs after a warm-up: the least of several measurements, since a collection that another thread starts meanwhile
    /// counts the unused rest of this thread's allocation buffer.
    /// </summary>
    static long Allocated(Action run)
    {
        var least = long.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            run();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var j = 0; j < 10; j++) run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    [Test]
    public void Cancellation_is_seen([Values(1, 2)] int threads)
    {
        using var contraction = ContractionCase<float>.Matrices(300, 300, 300);
        Assert.That(() => contraction.Run(simdBits, threads, new CancellationToken(true)), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Only_plain_contractions_of_elements_that_fit_tiles_are_for_this_family()
    {
        using var contraction = ContractionCase<float>.Matrices(3, 3, 3);
        var plan = contraction.Plan;
        var family = new PackedFamily();
        Assert.Multiple(() =>
        {
            Assert.That(family.CanRun(plan));
            Assert.That(family.CanRun(plan with { Kind = KernelKind.NAry }), Is.False);
            Assert.That(family.CanRun(plan with { Result = new KernelOperand(ElementType.Double) }), Is.False);
            Assert.That(family.CanRun(PlanData.Mixed(plan, ElementType.ULong, ElementType.ULong)));
            Assert.That(family.CanRun(PlanData.Mixed(plan, ElementType.Short, ElementType.Short)), Is.False);
            Assert.That(family.CanRun(plan with { Result = new KernelOperand(ElementType.Float, Elementwise.Conjugate) }), Is.False);
        });
    }
}
