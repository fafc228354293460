using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu.Checked;

/// <summary>Small shapes that force each family by name: left to themselves, plans so small all run as one nest.</summary>
static class CheckedFamilies
{
    /// <summary>Read by <see cref="FamilyPlans"/>; at most 32 KiB of local memory each.</summary>
    internal static readonly string[] Lines =
    [
        "fill float ->i 300",
        "nest half ij,ij,j->i 9 7",
        "rows float ij->i 9 100",
        "rows double i,i-> 3000",
        "rows bool ij,j->i 3 40",
        "columns float ji->i 90 33",
        "columns complex bji,bj->bi 2 40 5",
        "transpose float ij->ji 33 31",
        "transpose half bij->bji 2 33 9",
        "transpose float ij->ji 65 17 tile=64x64x1/8x1",
        "transpose float ij->ji 17 33 tile=16x16x1/1x1",
        "rows float ij->i 9 100 tile=4x1x64/1x1",
        "columns float ji->i 90 33 tile=128x1x2/1x1 splits=2",
        "tiled float ij,jk->ik 33 9 31 tile=32x32x8/4x4",
        "tiled double ji,kj->ki 7 17 9 tile=16x16x16/1x1 splits=1",
        "tiled half bij,bkj->bik 2 9 20 7 tile=8x8x8/1x1 splits=3",
        "tiled int ijkl,lkjm->im 9 3 2 2 5 tile=8x8x8/1x1",
    ];

    /// <summary>Sums so long that each is split over groups, whose parts a second launch adds up.</summary>
    internal static readonly string[] TwoStages = ["rows float i-> 8300", "rows int ji,i->j 2 8300", "columns float ji->i 600 20", "tiled float ij,jk->ik 9 70 9 tile=8x8x8/1x1 splits=2"];

    /// <summary>Lists of products and scans, which are no plans.</summary>
    internal static void RunLists(GpuRuntime runtime)
    {
        // A line of two pieces, the second of which starts from what the first gives.
        var line = new ScanPlan(ElementType.Int, ScanOperation.Add, false, [], new Loop(4100, LoopRole.Free, [2, 1]));
        Assert.That(ScanEmitter.Emit(line, runtime.Limits, runtime.Dialect, EmitOptions.Default).Select(kernel => kernel.EntryPoint), Is.EqualTo(new[] { "scan_combine", "scan_piece" }));
        ScanTests.Check<int>(ScanOperation.Add, false, 1, 4100, runtime, random => random.Next(9), (x, y) => x + y);
        GroupedTests.Check("ij,jk->ik", ElementType.Float, new GroupedLaunch(runtime), members: 3, tile: new TileShape(8, 8, 8, 1, 1));
        ScanTests.Check<int>(ScanOperation.Add, false, 2, 600, runtime, random => random.Next(9), (x, y) => x + y);
    }
}
