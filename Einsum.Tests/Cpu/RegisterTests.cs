using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu.Tests;

/// <summary>The tiles for 16 vector registers, which a machine with 32 would never run, and the way to the result past the caches.</summary>
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
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> where V : struct where S : struct, ISimd<T, V>
    {
        var contraction = ContractionCase<T>.Matrices(rows, columns, depth, transposeB: true, resultByColumns: resultByColumns);
        contraction.Check(new PackedKernel<T, V, S, FewRegisters<T, V, S>>(contraction.Plan, CacheSizes.Machine), typeof(S).Name);
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
