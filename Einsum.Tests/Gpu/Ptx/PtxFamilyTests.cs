using EinsumNet.Tests.Cpu;

namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>Every family's CUDA text, compiled and run without a GPU, at sizes around its tiles and groups, against the naive loop.</summary>
[Parallelizable(ParallelScope.All)]
sealed class PtxFamilyTests
{
    const int Sm = 75;

    /// <summary>As those of <see cref="OpenClFamilyTests"/>.</summary>
    static readonly string[] s_cases =
    [
        "fill float ->i 1 | 255 | 257",
        "fill complex ->ij 3 1 | 3 70",
        "nest float ij,j->ij 1 1 | 3 5 | 25 57",
        "nest double ij,ij,j->i 3 1 | 70 33",
        "nest half ij->ji 7 9 | 30 40",
        "nest sbyte ij,j->i 30 20",
        "nest byte ij,j->i 30 20",
        "nest short ij,j->i 30 20",
        "nest ushort ij,j->i 30 20",
        "nest int ij,j->i 30 20",
        "nest uint ij,j->i 30 20",
        "nest long ij,j->i 30 20 specialise=true",
        "nest ulong ij,j->i 30 20",
        "nest complex ij,jk,k->i 5 6 7",
        "nest bool ij,j->i 30 5",
        "rows float ij->i 7 31 | 9 33 | 1 127 | 3 129 | 5 700",
        "rows float i,i-> 3000 | 9000",
        "rows double bij,bj->bi 2 3 100 | 3 9 200",
        "rows half ij,j->i 9 300",
        "rows complex ij,j->i 9 100",
        "rows byte ij,j->i 9 300",
        "rows bool ij,j->i 9 40",
        "columns float ji->i 7 31 | 33 33 | 900 33",
        "columns half ji->i 100 31",
        "columns complex bji,bj->bi 2 40 5",
        "columns long bji,bj->bi 2 100 40",
        "transpose float ij->ji 31 33 | 32 32 | 64 65",
        "transpose half bij->bji 3 31 33",
        "transpose complex ij->ji 31 33",
        "transpose byte ij->ji 31 33",
        "tiled float ij,jk->ik 31 7 33 | 32 8 32 | 1 1 1 | 70 40 50 tile=32x32x8/4x4",
        "tiled float ji,kj->ki 7 31 33 | 9 33 40 tile=32x32x8/4x4 specialise=true",
        "tiled float ij,jk->ik 40 100 40 tile=32x32x8/4x4 splits=4",
        "tiled float ij,jk->ik 64 20 66 | 129 9 127 tile=128x64x8/8x4",
        "tiled double bij,bkj->bik 3 33 40 17 | 2 15 16 16 tile=32x32x16/2x2",
        "tiled complex ij,jk->ik 17 33 15 | 16 16 16 tile=16x16x16/1x1",
        "tiled half ijb,bkj->kbi 20 30 2 40 tile=16x16x16/1x1 splits=2",
        "tiled int ij,jk->ik 17 33 15 tile=16x16x16/1x1",
        "tiled sbyte ij,jk->ik 17 33 15 tile=16x16x16/1x1",
        "tiled ulong ij,jk->ik 17 33 15 tile=16x16x16/1x1",
        "tiled bool ij,jk->ik 17 3 15 tile=16x16x16/1x1",
        "tiled float ijkl,lkjm->im 17 3 5 4 15 tile=16x16x16/1x1",
    ];

    [Test]
    public void Runs([ValueSource(nameof(s_cases))] string line)
    {
        Nvrtc.Need(Sm);
        var random = new Random(4);
        foreach (var (i, one) in DeviceFamilyTests.Expand(line).Index())
        {
            var (plan, options) = FamilyPlans.Parse(one);
            PlanData.Check(plan, new PlanOnPtx(plan, Limits.Cuda(Sm), options, before: 3 * (i % 2)), random, special: i % 2 != 0);
        }
    }
}
