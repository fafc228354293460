using EinsumNet.Backends.Gpu;
using NUnit.Framework.Internal;

namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>Mistakes made in a kernel's text, each of which compiles: running the text tells.</summary>
[Parallelizable(ParallelScope.All)]
sealed class PtxMistakeTests
{
    const string Half = "tensor-core half ij,kj->ik 33 66 31 tile=32x32x32/16x16x3 splits=1";
    const string Aligned = "tensor-core half ij,kj->ik 33 72 31 tile=32x32x32/16x16x3 splits=1";
    const string Double = "tensor-core double ij,jk->ik 33 40 31 tile=32x32x16/16x16x3 splits=1";
    const string Tf32 = "tensor-core float ij,jk->ik 33 40 31 tile=32x32x16/16x16x3 splits=1 precision=tf32";
    const string Warpgroup = "warpgroup half ij,jk->ik 64 200 64 tile=64x64x64/64x64x4 splits=1";
    const string Wide = "warpgroup half ij,jk->ik 70 130 100 tile=128x128x64/64x128x4 splits=1";
    const string WarpgroupRounding = "warpgroup float ij,jk->ik 64 200 64 tile=64x64x64/64x64x2 splits=1 precision=bfloat16";

    /// <summary>An element differs from the naive loop's.</summary>
    const string Wrong = "expected";

    /// <summary>What is read was not written, or is not there.</summary>
    const string Memory = "shared memory";

    /// <summary>The plan, what stands in the text, what is put there instead, and what is told.</summary>
    static readonly string[][] s_mistakes =
    [
        ["tiled float ij,jk->ik 33 9 31 tile=32x32x8/4x4 splits=1", "to[1] = v.y; to[2] = v.z", "to[1] = v.z; to[2] = v.y", Wrong],
        ["tiled float ij,jk->ik 33 9 31 tile=32x32x8/4x4 splits=1", "__align__(16)", "__align__(4)", "not aligned"],
        ["rows float ij->i 9 100", "__syncthreads()", "", Memory],
        [Aligned, "wait_copies<1>()", "wait_copies<2>()", "a copy is under way"],
        [Aligned, "cp.async.commit_group;", "", "a copy is under way"],
        [Half, "__syncthreads()", "", Memory],
        [Aligned, "\"n\"(bytes), \"r\"(valid)", "\"n\"(bytes), \"r\"(bytes)", Wrong],
        [Half, "{%4, %5, %6, %7}, {%8, %9}", "{%4, %6, %5, %7}, {%8, %9}", Wrong],
        [Half, "{%8, %9}", "{%9, %8}", Wrong],
        [Half, "f32.f16.f16.f32", "f32.bf16.bf16.f32", Wrong],
        [Double, "\"d\"(x[0]), \"d\"(y[0])", "\"d\"(y[0]), \"d\"(x[0])", Wrong],
        [Tf32, "cvt.rna.tf32.f32", "mov.b32", "tf32"],
        [Warpgroup, "(u64)64 << 32", "(u64)128 << 32", Memory],
        [Wide, "(u64)leading << 16", "(u64)leading << 17", Wrong],
        [Warpgroup, "(u64)1 << 62", "(u64)2 << 62", "no descriptor"],
        [Warpgroup, "1, 1, 1, 0, 1;", "1, 1, 1, 0, 0;", Memory],
        [Warpgroup, "\"l\"(x), \"l\"(y)", "\"l\"(y), \"l\"(x)", Memory],
        [Warpgroup, "wgmma.fence.sync.aligned;", "", "wgmma.fence"],
        [Warpgroup, "fence.proxy.async.shared::cta;", "", "without fence.proxy.async"],
        [WarpgroupRounding, "fence.proxy.async.shared::cta;", "", "without fence.proxy.async"],
        [Warpgroup, "wgmma.wait_group.sync.aligned %0;", "// %0", Wrong],
        [Warpgroup, "__syncthreads()", "", "without a barrier between"],
    ];

    [TestCaseSource(nameof(s_mistakes))]
    public void Are_seen(string line, string text, string mistake, string told)
    {
        var limits = line[0] == 'w' ? Limits.Cuda(90) with { HasWgmma = true } : Limits.Cuda(80);
        Nvrtc.Need(PlanOnPtx.Architecture(limits));
        var (plan, options) = FamilyPlans.Parse(line);
        using (new TestExecutionContext.IsolatedContext())
            Assert.That(() => PtxTensorCoreTests.Check(plan, limits, options, new Random(1), Change), Throws.InstanceOf<AssertionException>().With.Message.Contains(told));

        string Change(string source)
        {
            Assert.That(source, Does.Contain(text), "the mistake is made");
            return source.Replace(text, mistake, StringComparison.Ordinal);
        }
    }
}
