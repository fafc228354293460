using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Copies of axes so short that vectors are put together from pieces of others, or that rectangles have sides of several axes.</summary>
[Parallelizable(ParallelScope.All)]
sealed class ShortAxesTests
{
    [Test]
    public void Small_matrices(
        [Values(ElementType.Byte, ElementType.Short, ElementType.Float, ElementType.Double, ElementType.Complex)] ElementType element,
        [Values(128, 256, 512)] int simdBits, [Values(0, long.MaxValue)] long cacheBytes, [Values("abc->acb", "abc->cba", "cab->acb", "abc->bac", "abcd->badc", "abcd->dbca")] string equation)
    {
        var kernels = new HashSet<string>();
        foreach (var count in new[] { 3, 16, 37, 256 })
            foreach (var (b, c) in new[] { (2, 2), (2, 3), (3, 2), (4, 4), (5, 5), (3, 8), (7, 7), (16, 2) })
            {
                var plan = EquationPlan.Make(equation, element, label => label switch { 'a' => count, 'b' => b, 'c' => c, _ => 3 });
                var kernel = Family(cacheBytes).Create(plan, simdBits);
                kernels.Add(kernel.GetType().Name);
                foreach (var offset in new[] { 0, 5 }) CopyCheck.Run(plan, kernel, offset);
            }
        if (equation.EndsWith('b') && element == ElementType.Float && Avx512F.IsSupported && simdBits == 512 && cacheBytes > 0) Assert.That(kernels, Does.Contain(typeof(PermutedMoveKernel<,,>).Name));
    }

    [Test]
    public void Tensors_of_short_axes([Values(ElementType.Byte, ElementType.Short, ElementType.Float, ElementType.Double, ElementType.Complex)] ElementType element,
        [Values(128, 256, 512)] int simdBits, [Values(0, long.MaxValue)] long cacheBytes)
    {
        var random = new Random(23);
        var kernels = new HashSet<string>();
        foreach (var (size, rank) in new[] { (2, 12), (3, 8), (5, 5), (7, 4) })
            for (var turn = 0; turn < 6; turn++)
            {
                var labels = "abcdefghijkl"[..rank];
                var plan = EquationPlan.Make($"{labels}->{new string([.. labels.OrderBy(_ => random.Next())])}", element, label => label == 'a' ? size + turn : size);
                var kernel = Family(cacheBytes).Create(plan, simdBits);
                kernels.Add(kernel.GetType().Name);
                CopyCheck.Run(plan, kernel, turn);
            }
        if (element != ElementType.Float || !Avx512F.IsSupported) return;
        Assert.That(kernels, Does.Contain(typeof(PermutedMoveKernel<,,>).Name));
        Assert.That(kernels, Does.Contain(typeof(MergedMoveKernel<,>).Name));
    }

    /// <summary>The operand is repeated along an axis, or has gaps.</summary>
    [Test]
    public void Operands_with_strides_of_their_own([Values(ElementType.Byte, ElementType.Float, ElementType.Double)] ElementType element, [Values(128, 256, 512)] int simdBits)
    {
        foreach (var (outer, middle, inner) in new[] { (12, 1, 3), (0, 1, 4), (40, 7, 2), (20, 1, 0), (30, 9, 1) })
        {
            var plan = new KernelPlan(KernelKind.Transpose, [new(element)], new(element),
                [new(50, LoopRole.Free, [outer, 12]), new(4, LoopRole.Free, [inner, 3]), new(3, LoopRole.Free, [middle, 1])]);
            CopyCheck.Run(plan, Family(long.MaxValue).Create(plan, simdBits), 1);
        }
    }

    /// <summary>Rows that are kept, whose order in the operand leads across the result in steps of 4096 bytes.</summary>
    [Test]
    public void Rows_that_would_crowd_sets([Values(ElementType.Byte, ElementType.Float, ElementType.Double, ElementType.Complex)] ElementType element, [Values(0, long.MaxValue)] long cacheBytes)
    {
        foreach (var (a, b, bytes) in new[] { (64, 64, 64), (128, 40, 32), (512, 7, 48), (256, 33, 80) })
            foreach (var equation in new[] { "abc->bac", "dabc->dbac", "adbc->bdac" })
            {
                var plan = EquationPlan.Make(equation, element, label => label switch { 'a' => a, 'b' => b, 'c' => Math.Max(1, bytes / element.Size()), _ => 3 });
                CopyCheck.Run(plan, Family(cacheBytes).Create(plan, 512), a % 3);
            }
    }

    [TestCase("abc->acb", "4,4", 16, ExpectedResult = 1.0)]
    [TestCase("abc->acb", "2,8", 16, ExpectedResult = 1.0)]
    [TestCase("abc->acb", "8,8", 16, ExpectedResult = 4.0)]
    [TestCase("abcd->badc", "2,2,2", 4, ExpectedResult = 2.0)]
    public double Vectors_that_one_is_put_together_from(string equation, string sizes, int count)
    {
        int[] extents = [count, .. sizes.Split(',').Select(int.Parse)];
        var plan = EquationPlan.Make(equation, ElementType.Float, label => extents[label - 'a']);
        var permutation = Permutation.Of<Vector512<byte>, Permute512<uint>>(plan, 1)!;
        Assert.That(permutation.Counts.Sum(), Is.EqualTo(permutation.Sources.Length));
        return permutation.Counts.Average();
    }

    [Test]
    public void Too_many_vectors_are_left_to_others()
    {
        var plan = EquationPlan.Make("ab->ba", ElementType.Float, _ => 64);
        Assert.That(Permutation.Of<Vector512<byte>, Permute512<uint>>(plan, 0.5), Is.Null);
        Assert.That(PermutedMoves.TryCreate(plan, Rectangle.Of(plan), 512, new LastCache(long.MaxValue)), Is.Null);
    }

    [TestCase("abcdef->bfdcae", "7,8,4,12,5,7", ExpectedResult = "7 x 35")]
    [TestCase("abcdef->fedcba", "5,5,5,5,5,5", ExpectedResult = "15 x 50")]
    [TestCase("ab->ba", "100,100", ExpectedResult = "none")]
    [TestCase("abc->acb", "1000,7,7", ExpectedResult = "none")]
    public string Sides_of_several_axes(string equation, string sizes)
    {
        int[] extents = [.. sizes.Split(',').Select(int.Parse)];
        var plan = EquationPlan.Make(equation, ElementType.Float, label => extents[label - 'a']);
        return MergedRectangle.Of(plan, Rectangle.Of(plan)!, 16, 4) is { } merged ? $"{merged.Rows.Length} x {merged.Columns.Length}" : "none";
    }

    /// <summary>Of a long copy whose runs are whole lines, a last one that begins within the one before does not begin with a line.</summary>
    [Test]
    public void Runs_past_the_caches([Values(131, 256, 1000)] int count, [Values(0, 4)] int offset)
    {
        var plan = EquationPlan.Make("abc->acb", ElementType.Float, label => label == 'a' ? count : 5);
        var permutation = Permutation.Of<Vector512<byte>, Permute512<uint>>(plan, 1)!;
        Assert.That(permutation.Run.KeepsLines(plan), Is.True);
        Assert.That(Family(0).Create(plan, 512), Avx512F.IsSupported ? Is.TypeOf<ByAlignment>() : Is.Not.Null);
        CopyCheck.Run(plan, Family(0).Create(plan, 512), offset);
    }

    static TransposeFamily Family(long cacheBytes) => new(new LastCache(cacheBytes), new CacheSizes(32 << 10, 1 << 20, 32 << 20));
}
