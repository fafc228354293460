using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Loops cut into patches are still each iteration once, and lines of both tensors stay together.</summary>
[Parallelizable(ParallelScope.All)]
sealed class PatchesTests
{
    static KernelPlan Plan(int e, int b, int a, int depth) => ContractionCasePlan(
        new Loop(24, LoopRole.Left, [depth, 0, (long)a * b]),
        new Loop(e, LoopRole.Right, [0, 1, 24L * a * b]),
        new Loop(b, LoopRole.Right, [0, (long)e * depth, a]),
        new Loop(a, LoopRole.Right, [0, (long)e * depth * b, 1]),
        new Loop(depth, LoopRole.Contracted, [1, e, 0]));

    static KernelPlan ContractionCasePlan(params Loop[] loops)
    {
        var operand = new KernelOperand(ElementType.Float);
        return new KernelPlan(KernelKind.Contraction, [operand, operand], operand, [.. loops]);
    }

    [Test]
    public unsafe void Every_iteration_is_visited_once([Values(5, 16, 40, 67)] int e, [Values(1, 3, 17)] int b, [Values(7, 32, 61)] int a, [Values(64, 700, 5000)] int most)
    {
        var group = Patches.Of(Plan(e, b, a, 3), LoopRole.Right, fast: 2, other: 1, least: 32, most);
        Assert.That(group.Extent, Is.EqualTo(e * b * a));
        var offsets = new nint[group.Extent];
        var together = new nint[group.Extent];
        fixed (nint* first = offsets, all = together)
        {
            group.Offsets(2, 0, together.Length, all);
            int count;
            for (var start = 0; start < offsets.Length; start += count)
            {
                count = group.Cut(start, offsets.Length, limit: 500);
                Assert.That(count, Is.InRange(1, 500));
                group.Offsets(2, start, count, first + start);
            }
        }

        Assert.That(offsets, Is.EqualTo(together), "cut anywhere");
        Assert.That(offsets.Distinct().Count(), Is.EqualTo(offsets.Length));
        Assert.That(offsets.Max(), Is.EqualTo((nint)(24L * a * b * (e - 1) + (long)a * b - 1)));
    }

    [Test]
    public unsafe void A_patch_holds_whole_lines_of_both_tensors()
    {
        var group = Patches.Of(Plan(320, 4, 320, 8), LoopRole.Right, fast: 2, other: 1, least: 32, most: 2048);
        var count = (int)group.Patch;
        Assert.That(count, Is.InRange(32 * 16, 4096));
        var (operand, result) = (new nint[count], new nint[count]);
        fixed (nint* y = operand, c = result)
        {
            group.Offsets(1, 0, count, y);
            group.Offsets(2, 0, count, c);
        }

        Assert.That(operand.GroupBy(offset => offset / 16).All(line => line.Count() == 16), "lines of y");
        Assert.That(result.GroupBy(offset => offset / 16).All(line => line.Count() == 16), "lines of the result");
    }
}
