using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Text.RegularExpressions;

namespace EinsumNet.Tests.Errors;

/// <summary>Every error's whole message, and its place in docs/errors.md.</summary>
[Parallelizable(ParallelScope.All)]
sealed partial class ErrorTests
{
    static readonly CaseFile s_file = new("Errors/error-cases.txt");

    static IEnumerable<TestCaseData> Cases => s_file.Cases();

    [TestCaseSource(nameof(Cases))]
    public void Explains(string question, string message)
    {
        var error = Assert.Throws<EinsumException>(() => Ask(question))!;
        s_file.Check(question, message, error.Message);
        Assert.That(error.Message, Does.StartWith($"{error.Code}: "));
        if (question.Contains('|')) Assert.That(error.Equation, Is.EqualTo(question.Split('|')[0].TrimEnd()));
        Assert.That(error.Span.End, Is.LessThanOrEqualTo(error.Equation?.Length ?? 0));
    }

    [Test]
    public void Every_scenario_is_a_case() =>
        Assert.That(ErrorScenarios.All.Keys, Is.EquivalentTo(s_file.Cases().Select(data => (string)data.Arguments[0]!).Where(question => question.StartsWith('@'))));

    [Test]
    public void Every_code_is_a_case()
    {
        var cases = s_file.Cases().Concat(ParseCases.Refused()).Concat(Functions.FunctionErrorTests.File.Cases()).Select(data => ((string)data.Arguments[1]!)[..7]);
        Assert.That(CodesInTheLibrary(), Is.SubsetOf(cases));
    }

    [Test]
    public void Every_code_has_a_heading()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Errors", "errors.md"));
        Assert.That(Heading().Matches(page).Select(match => match.Groups[1].Value), Is.EqualTo(CodesInTheLibrary()));
    }

    static void Ask(string question)
    {
        if (question.StartsWith('@'))
        {
            ErrorScenarios.All[question]();
            return;
        }
        var fields = question.Split('|', StringSplitOptions.TrimEntries);
        new EinsumEngine(Options(fields.Length > 2 ? fields[2].Split(' ', '=') : [""])).Plan(fields[0], CaseShapes.Parse(fields[1]));
    }

    static EinsumOptions Options(string[] words) => words[0] switch
    {
        "Strict" => new EinsumOptions { Broadcasting = Broadcasting.Strict },
        "Sizes" => new EinsumOptions { Sizes = new Dictionary<string, long> { [words[1]] = long.Parse(words[2]) } },
        _ => new EinsumOptions(),
    };

    /// <summary>The strings in the libraries' code that are codes.</summary>
    static unsafe List<string> CodesInTheLibrary()
    {
        var codes = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var assembly in new[] { typeof(EinsumException).Assembly, typeof(EquationParsing).Assembly, typeof(Backends.Cpu.CpuBackend).Assembly, typeof(Backends.Gpu.GpuBackend).Assembly, typeof(Einsum).Assembly, typeof(EinsumNet.Functions.Fn).Assembly })
        {
            Assert.That(assembly.TryGetRawMetadata(out var blob, out var length));
            var metadata = new MetadataReader(blob, length);
            for (var handle = MetadataTokens.UserStringHandle(1); !handle.IsNil; handle = metadata.GetNextHandle(handle))
                if (Code().IsMatch(metadata.GetUserString(handle))) codes.Add(metadata.GetUserString(handle));
        }
        return [.. codes];
    }

    [GeneratedRegex(@"^EIN\d{4}$")]
    private static partial Regex Code();

    [GeneratedRegex(@"^## (EIN\d{4})", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
