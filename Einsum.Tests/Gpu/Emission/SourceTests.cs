using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>The text of every family: the body, which all dialects share, and the prologues.</summary>
sealed class SourceTests
{
    static readonly CaseFile s_cases = new("Gpu/Emission/source-cases.txt");

    static IEnumerable<TestCaseData> Cases => s_cases.Cases();

    /// <summary>A device, and a line of <see cref="FamilyPlans"/>, of a list of products, or of a scan.</summary>
    [TestCaseSource(nameof(Cases))]
    public void Source(string question, string expected)
    {
        var words = question.Split(' ');
        var (dialect, limits) = words[0] switch
        {
            "opencl" => (KernelDialect.OpenCL, Limits.Card),
            "cuda" => (KernelDialect.Cuda, Limits.Cuda(80)),
            "sm_90a" => (KernelDialect.Cuda, Limits.Cuda(90) with { HasWgmma = true }),
            var other => throw new InvalidOperationException($"No device {other}."),
        };
        IEnumerable<EmittedKernel> kernels = words[1] switch
        {
            "grouped" => [List(question[words[0].Length..].TrimStart(), limits, dialect)],
            "scan" => ScanEmitter.Emit(Scan(words[2..]), limits, dialect, EmitOptions.Default),
            _ => Family(question[words[0].Length..].TrimStart(), limits, dialect),
        };
        s_cases.Check(question, expected, string.Join("\n", kernels.Select(kernel =>
            $"{kernel.EntryPoint}: groups {kernel.Launch.GroupsX} of {kernel.Launch.GroupX}, local {kernel.Launch.LocalBytes}, scratch {kernel.ScratchBytes}, sizes {string.Join(' ', kernel.Arguments)}\n"
            + string.Join('\n', kernel.Source.Split('\n').Where(line => line.Length > 0)))));
    }

    static IEnumerable<EmittedKernel> Family(string line, DeviceLimits limits, KernelDialect dialect) =>
        FamilyPlans.Parse(line) is var (plan, options) ? KernelEmitter.Emit(plan, limits, dialect, options) : [];

    /// <summary><c>grouped half ij,jk->ik 100 64 100 | 70 20 90</c>: the sizes of each member.</summary>
    static EmittedKernel List(string line, DeviceLimits limits, KernelDialect dialect)
    {
        var members = DeviceFamilyTests.Expand(line).Select(FamilyPlans.Parse).ToArray();
        return GroupedEmitter.Emit([.. members.Select(member => new GroupedMember(member.Plan, 0, 0, 0))], limits, dialect, members[0].Options with { Family = null }).Kernel;
    }

    /// <summary><c>float add 3 5000 exclusive</c>: the element type, the operation, how many lines, how long they are.</summary>
    static ScanPlan Scan(string[] words)
    {
        var (lines, length) = (long.Parse(words[2]), long.Parse(words[3]));
        return new ScanPlan(Enum.Parse<ElementType>(words[0], true), Enum.Parse<ScanOperation>(words[1], true), words[^1] == "exclusive",
            [new Loop(lines, LoopRole.Free, [length, length])], new Loop(length, LoopRole.Free, [1, 1]));
    }

    /// <summary>Matrix units are CUDA's alone.</summary>
    [Test]
    public void Every_family_is_here_in_every_dialect_that_has_it()
    {
        var there = Cases.Select(source => ((string)source.Arguments[0]!).Split(' ')[..3]).ToList();
        string[] everywhere = [.. GpuFamilies.All.Where(family => family is not (MmaFamily or WgmmaFamily)).Select(family => family.Name), "grouped", "scan"];
        Assert.That(there.Where(words => words[0] == "opencl").Select(words => words[1]).Distinct(), Is.EquivalentTo(everywhere));
        Assert.That(there.Where(words => words[0] != "opencl").Select(words => words[1]).Distinct(), Is.EquivalentTo((string[])[.. everywhere, "tensor-core", "warpgroup"]));
    }
}
