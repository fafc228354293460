using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>The text of every family: the body, which all dialects share, and the prologues.</summary>
sealed class SourceTests
{
    static readonly CaseFile s_cases = new("Gpu/Emission/source-cases.txt");

    static IEnumerable<TestCaseData> Cases => s_cases.Cases();

    [TestCaseSource(nameof(Cases))]
    public void Source(string question, string expected)
    {
        var words = question.Split(' ', 2);
        var (plan, options) = FamilyPlans.Parse(words[1]);
        var (dialect, limits) = words[0] == "opencl" ? (KernelDialect.OpenCL, Limits.Card) : (KernelDialect.Cuda, Limits.Cuda(80));
        var kernels = KernelEmitter.Emit(plan, limits, dialect, options);
        s_cases.Check(question, expected, string.Join("\n", kernels.Select(kernel =>
            $"{kernel.EntryPoint}: groups {kernel.Launch.GroupsX} of {kernel.Launch.GroupX}, local {kernel.Launch.LocalBytes}, scratch {kernel.ScratchBytes}, sizes {string.Join(' ', kernel.Arguments)}\n"
            + string.Join('\n', kernel.Source.Split('\n').Where(line => line.Length > 0)))));
    }
}
