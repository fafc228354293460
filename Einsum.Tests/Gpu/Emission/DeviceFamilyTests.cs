using EinsumNet.Backends.Gpu;
using EinsumNet.Tests.Cpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>
/// Every family compiled and run on the device that tests run on, at sizes around its tiles and groups. Sizes are arguments, so that each line is one program, and
/// all strides and plans are left to the interpreter, which runs the same kernels.
/// </summary>
[Parallelizable(ParallelScope.All)]
sealed class DeviceFamilyTests
{
    /// <summary>The family, the element type, the equation; then sizes of the labels in order of appearance, parted by commas, and options.</summary>
    static readonly string[] s_cases =
    [
        "fill float ->i 1 | 7 | 255 | 256 | 257 | 70000",
        "fill complex ->ij 3 1 | 3 70",
        "nest float ij,j->ij 1 1 | 3 5 | 255 257",
        "nest double ij,ij,j->i 3 1 | 70 33",
        "nest half ij->ji 7 9 | 30 40",
        "nest sbyte ij,j->i 300 20",
        "nest ushort ij,j->i 300 20",
        "nest int ij,j->i 300 20",
        "nest ulong ij,j->i 300 20",
        "nest complex ij,jk,k->i 5 6 7",
        "nest bool ij,j->i 300 5",
        "rows float ij->i 7 31 | 8 32 | 9 33 | 1 127 | 3 129 | 17 2000",
        "rows float i,i-> 3000 | 5000 | 70001",
        "rows double bij,bj->bi 2 3 100 | 3 9 2048",
        "rows half ij,j->i 9 300",
        "rows complex ij,j->i 9 300",
        "rows byte ij,j->i 9 300",
        "rows bool ij,j->i 9 300",
        "columns float ji->i 7 31 | 8 32 | 33 33 | 3000 65",
        "columns half ji->i 100 31 | 3000 65",
        "columns long bji,bj->bi 2 100 40",
        "transpose float ij->ji 31 33 | 32 32 | 33 31 | 64 65",
        "transpose half bij->bji 3 31 33",
        "transpose complex ij->ji 31 33",
        "transpose byte ij->ji 31 33",
        "tiled float ij,jk->ik 31 7 33 | 32 8 32 | 33 9 31 | 1 1 1 | 100 100 100 tile=32x32x8/4x4",
        "tiled float ji,kj->ki 7 31 33 | 9 33 40 tile=32x32x8/4x4",
        "tiled float ij,jk->ik 64 100 130 | 63 17 65 | 65 15 63 tile=64x64x16/4x4",
        "tiled float ij,jk->ik 100 100 100 tile=32x32x8/4x4 splits=4",
        "tiled double bij,bkj->bik 3 33 40 17 | 2 15 16 16 tile=32x32x16/2x2",
        "tiled complex ij,jk->ik 17 33 15 | 16 16 16 tile=16x16x16/1x1",
        "tiled half ijb,bkj->kbi 20 30 2 40 tile=16x16x16/1x1 splits=2",
        "tiled int ij,jk->ik 17 33 15 tile=16x16x16/1x1",
        "tiled sbyte ij,jk->ik 17 33 15 tile=16x16x16/1x1",
        "tiled ulong ij,jk->ik 17 33 15 tile=16x16x16/1x1",
        "tiled bool ij,jk->ik 17 3 15 tile=16x16x16/1x1",
        "tiled float ijkl,lkjm->im 17 3 5 4 15 tile=16x16x16/1x1",
    ];

    [TestCaseSource(nameof(s_cases))]
    public void Runs(string line)
    {
        var (runtime, random) = (TestDevices.Runtime, new Random(4));
        foreach (var one in Expand(line))
        {
            var (plan, options) = FamilyPlans.Parse(one);
            PlanData.Check(plan, new PlanOnDevice(plan, runtime, options), random);
        }
    }

    /// <summary><c>rows float ij->i 1 2 | 3 4 splits=2</c> is two lines, with the option each.</summary>
    internal static IEnumerable<string> Expand(string line)
    {
        var words = line.Split(' ');
        var options = words.Where(word => word.Contains('=')).ToArray();
        var sizes = string.Join(' ', words[3..^options.Length]).Split(" | ");
        return sizes.Select(each => string.Join(' ', [.. words[..3], each, .. options]));
    }
}
