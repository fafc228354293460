using EinsumNet.Backends.Gpu;
using EinsumNet.Tests.Cpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>Every shape that a transpose or a sum may take, and every number of groups that sums are split over, interpreted against the naive loop.</summary>
[Parallelizable(ParallelScope.All)]
sealed class ShapeTests
{
    static readonly string[] s_cases =
    [
        "transpose float ij->ji 70 35",
        "transpose half bij->bji 2 17 64",
        "transpose complex ij->ji 33 20",
        "transpose byte ij->ji 64 65",
        "rows float ij->i 9 300",
        "rows int ij,j->i 5 1100",
        "rows complex i,i-> 1100",
        "columns float ji->i 260 40",
        "columns half bji,bj->bi 2 90 33",
        "columns bool ji->i 520 5",
    ];

    [Test]
    public void Every_shape_and_split([ValueSource(nameof(s_cases))] string line)
    {
        var ((plan, options), random) = (FamilyPlans.Parse(line), new Random(9));
        var tiles = KernelEmitter.Tiles(plan, Limits.Card, KernelDialect.OpenCL, options);
        Assert.That(tiles, Has.Length.GreaterThan(1).And.Unique);
        foreach (var tile in tiles)
        {
            var splits = KernelEmitter.Splits(plan, tile, Limits.Card, KernelDialect.OpenCL, options);
            Assert.That(splits, Is.Unique);
            foreach (var split in splits)
            {
                var chosen = options with { Tile = tile, Splits = split };
                var kernels = KernelEmitter.Emit(plan, Limits.Card, KernelDialect.OpenCL, chosen);
                Assert.That(kernels, Has.Length.EqualTo(split == 1 ? 1 : 2), $"{tile} {split}");
                PlanData.Check(plan, new PlanInterpreted(plan, Limits.Card, KernelDialect.OpenCL, chosen), random);
            }
        }
    }

    [Test]
    public void Sizes_and_strides_that_do_not_fit_among_the_parameters_are_constants()
    {
        const int loops = 13, operands = 9;
        var plan = new KernelPlan(KernelKind.NAry, [.. Enumerable.Repeat(new KernelOperand(ElementType.Int), operands)], new(ElementType.Int),
            [.. Enumerable.Range(0, loops).Select(loop => new Loop(2, LoopRole.Batch, [.. Enumerable.Range(0, operands + 1).Select(operand => 1L << (loop + operand) % loops)]))]);
        Assert.That(Emit(4096).Arguments, Has.Length.GreaterThan(1024 / sizeof(long)));
        Assert.That((Emit(1024).Arguments.Length, Emit(1024).ParameterBytes), Is.EqualTo((0, 2 * sizeof(long) * (operands + 1))));
        PlanData.Check(plan, new PlanInterpreted(plan, Limits.Card with { MaxParameterBytes = 1024 }, KernelDialect.OpenCL, EmitOptions.Default), new Random(3));

        EmittedKernel Emit(int most) => KernelEmitter.Emit(plan, Limits.Card with { MaxParameterBytes = most }, KernelDialect.OpenCL).Single();
    }

    [TestCase(256, 256, null)]
    [TestCase(128, 1024, "card has groups of at most 128 threads, and kernels have 256")]
    [TestCase(1024, 64, "card has groups of at most 64 threads, and kernels have 256")]
    public void Devices_of_small_groups_are_left_out(int threads, int alongFirst, string? why) =>
        Assert.That((Limits.Card with { MaxGroupSize = threads, MaxGroupX = alongFirst }).WhyTooSmall, Is.EqualTo(why));

    [Test]
    public void Shapes_that_a_device_lacks_are_left_out()
    {
        var (plan, options) = FamilyPlans.Parse("transpose complex ij->ji 100 100");
        var small = Limits.Card with { LocalBytes = 16 << 10, MaxGroupSize = 256, MaxGroupX = 256 };
        Assert.That(KernelEmitter.Tiles(plan, small, KernelDialect.OpenCL, options).Select(tile => tile.Rows), Is.EqualTo(new[] { 16 }));
        PlanData.Check(plan, new PlanInterpreted(plan, small, KernelDialect.OpenCL, options), new Random(2));
    }
}
