using System.Text.RegularExpressions;

namespace EinsumNet.Tests.Facade;

/// <summary>The README says what the code does.</summary>
sealed partial class ReadMeTests
{
    static readonly string s_readMe = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "ReadMe/README.md"));

    [Test]
    public void The_example_is_the_sample()
    {
        var sample = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "ReadMe/FirstSteps.cs"));
        Assert.That(Lines(sample), Does.Contain(Lines(Block("csharp", 0))));

        static string Lines(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()));
    }

    [Test]
    public void The_plan_is_the_plan() => Assert.That(
        PlanCases.WithoutKernels(Block("", 0)), Is.EqualTo(PlanCases.WithoutKernels(Einsum.Plan("ij,jk,kl->il", [10, 200], [200, 30], [30, 400]).ToString())));

    [Test]
    public void The_error_is_the_error()
    {
        var error = Assert.Throws<EinsumException>(() => Einsum.Eval("ij,jk->ik", new double[3, 4], new double[5, 6]));
        Assert.That(Block("", 1).TrimEnd('\n'), Is.EqualTo(error.Message));
    }

    [Test]
    public void It_names_exactly_two_commands() =>
        Assert.That(Block("", 2).TrimEnd('\n').Split('\n'), Is.EqualTo(new[] { "dotnet run -c Release --project Einsum.Cli -- demo", "dotnet test -c Release" }));

    /// <summary>The text of the README's block of a language, counted from 0.</summary>
    static string Block(string language, int number) => Fence().Matches(s_readMe).Where(match => match.Groups[1].Value == language).ElementAt(number).Groups[2].Value;

    [GeneratedRegex("^```(.*?)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
