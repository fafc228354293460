using System.Numerics;
using System.Runtime.Intrinsics;
using EinsumNet.Tests.Cpu;

namespace EinsumNet.Backends.Cpu.Tests;

/// <summary>The tiles for 16 vector registers and for 32, of which a machine would only run the one, and the way to the result past the caches.</summary>
public class RegisterTests
{
    [Test]
    public void Tiles_for_few_registers_are_exact([Values] bool resultByColumns)
    {
        foreach (var rows in new[] { 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 25 })
        {
            foreach (var columns in new[] { 1, 3, 4, 7, 8, 9, 15, 16, 17, 33 })
            {
                Few<float, Vector256<float>, Simd256<float>>(rows, columns, 9, resultByColumns);
                Few<double, Vector256<double>, Simd256<double>>(rows, columns, 700, resultByColumns);
                Few<float, Vector128<float>, Simd128<float>>(rows, columns, 5, resultByColumns);
                Few<double, Vector128<double>, Simd128<double>>(rows, columns, 2, resultByColumns);
            }
        }
    }

    static void Few<T, V, S>(int rows, int columns, int depth, bool resultByColumns)
        where T : unmanaged, IFloatingPointIeee754<T> where V : struct where S : struct, ISimd<T, V>
    {
        var contraction = ContractionCase<T>.Matrices(rows, columns, depth, transposeB: true, resultByColumns: resultByColumns);
        contraction.Check(new PackedKernel<T, V, S, FewRegisters<T, V, S>>(contraction.Plan, CacheSizes.Machine), typeof(S).Name);
    }

    /// <summary>Every height, width and number of steps, operands packed, in place, and with strides of their own.</summary>
    [Test]
    public unsafe void Tiles_for_few_registers_in_every_place([Values] bool asks, [Values] bool copies)
    {
        Places<float, Vector256<float>, Simd256<float>>(asks, copies);
        Places<double, Vector256<double>, Simd256<double>>(asks, copies);
        Places<float, Vector128<float>, Simd128<float>>(asks, copies);
        Places<int, Vector256<int>, Simd256<int>>(asks, copies);
        Places<long, Vector128<long>, Simd128<long>>(asks, copies);
    }

    static unsafe void Places<T, V, S>(bool asks, bool copies) where T : unmanaged, INumber<T> where V : struct where S : struct, ISimd<T, V>
    {
        const int gap = 3;
        var random = new Random(7);
        for (var rows = 1; rows <= FewRegisters<T, V, S>.Rows; rows++)
            for (var columns = 1; columns <= FewRegisters<T, V, S>.Columns; columns++)
                for (var depth = 0; depth < 11; depth++)
                {
                    var (height, width) = (FewRegisters<T, V, S>.HeightFor(rows), FewRegisters<T, V, S>.WidthFor(columns));
                    foreach (var (xRow, xStep) in new[] { (1, height), (depth + gap, 1), (2, 2 * height + 1) })
                    {
                        foreach (var yStep in new[] { width, width + gap })
                        {
                            T[] x = Numbers(height * xRow + depth * xStep), y = Numbers(depth * yStep + width), c = new T[rows * columns], copy = new T[depth * width + 1];
                            var lines = new nint[depth + 1];
                            var places = Enumerable.Range(0, rows).Select(row => (nint)(row * columns)).ToArray();
                            fixed (T* px = x, py = y, pc = c, pCopy = copy)
                            fixed (nint* pLines = lines, pPlaces = places)
                            {
                                Array.Fill(lines, (nint)px);
                                FewRegisters<T, V, S>.Run(depth, px, xRow, xStep, py, yStep, pc, pPlaces, rows, columns, StoreMode.Write, asks ? pLines : null, copies ? pCopy : null);
                            }

                            var sums = new T[rows * columns];
                            for (var i = 0; i < sums.Length; i++)
                                for (var p = 0; p < depth; p++) sums[i] += x[i / columns * xRow + p * xStep] * y[p * yStep + i % columns];
                            if (!c.AsSpan().SequenceEqual(sums)) Assert.Fail($"{rows} x {columns} x {depth}, x by {xRow} and {xStep}, y by {yStep}");
                            for (var i = 0; copies && i < depth * width; i++)
                                if (copy[i] != y[i / width * yStep + i % width]) Assert.Fail($"the copy of {depth} steps by {yStep}");
                        }
                    }
                }

        T[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => T.CreateChecked(random.Next(-9, 10)))];
    }

    static readonly string[] s_small = ["ij,jk->ik", "bij,bjk->bik", "ijb,jkb->ikb", "ij,kj->ik"];

    /// <summary>Small products on machines of either kind, around the heights and widths of their tiles.</summary>
    [Test]
    public void Small_products([ValueSource(nameof(s_small))] string equation, [Values] bool many)
    {
        var (random, kernels) = (new Random(14), 0);
        foreach (var rows in new[] { 2, 3, 5, 6, 7, 8, 9, 11, 13, 14, 17 })
        {
            foreach (var (columns, depth) in new[] { (3, 70), (8, 64), (9, 65), (16, 90), (23, 70) })
            {
                var plan = EquationPlan.Make(equation, ElementType.Float, label => label switch { 'i' => rows, 'k' => columns, 'j' => depth, _ => 11 });
                kernels += many ? Small<Yes>(plan, random) : Small<No>(plan, random);
            }
        }

        Assert.That(kernels, Is.GreaterThan(30));
    }

    static int Small<TMany>(KernelPlan plan, Random random) where TMany : struct, IAnswer
    {
        List<CpuKernel> kernels = [];
        if (DirectShape.Of(plan) is { } direct)
            kernels.Add(new DirectKernel<float, Vector256<float>, Registers<float, Vector256<float>, Simd256<float>, TMany>>(plan, direct, new LastCache(long.MaxValue)));
        if (LanesShape.Of(plan) is { } lanes)
            kernels.Add(new LanesKernel<float, Vector256<float>, Registers<float, Vector256<float>, Simd256<float>, TMany>>(plan, lanes));
        if (ThinShape.Of(plan, CacheSizes.Machine) is { IsAlongDepth: true } thin)
            kernels.Add(new ThinSumsKernel<float, Vector256<float>, Registers<float, Vector256<float>, Simd256<float>, TMany>>(plan, thin));
        foreach (var kernel in kernels) PlanData.Check(plan, kernel, random);
        return kernels.Count;
    }

    /// <summary>In a result larger than the caches that begins a line, tiles of whole lines, rows that begin beside lines, and tiles of both kinds.</summary>
    [TestCase(64, 0)]
    [TestCase(64, 5)]
    [TestCase(72, 0)]
    public void Large_results_are_streamed_where_lines_are_whole(int columns, int gap)
    {
        var rows = (int)(CacheSizes.Machine.L3 / sizeof(float) / columns) + 1000;
        Loop[] loops =
        [
            new(rows, LoopRole.Left, [2, 0, columns + gap]),
            new(columns, LoopRole.Right, [0, 1, 1]),
            new(2, LoopRole.Contracted, [1, columns, 0]),
        ];
        var contraction = new ContractionCase<float>(loops);
        _ = ContractionShape.Of(contraction.Plan, (14, 32), CacheSizes.Machine, out var blocks);
        Assert.That(blocks.Streams, "the way that is tested");
        contraction.Check(new PackedFamily().Create(contraction.Plan, 512), "streamed", threads: 2, byLine: true);
    }
}
