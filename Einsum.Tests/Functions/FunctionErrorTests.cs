using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Every error of traced functions: the whole message, with the user's line.</summary>
sealed class FunctionErrorTests
{
    internal static readonly CaseFile File = new("Functions/function-errors.txt");

    static IEnumerable<TestCaseData> Cases => File.Cases();

    [TestCaseSource(nameof(Cases))]
    public void Explains(string question, string message)
    {
        var error = Assert.Throws<EinsumException>(() => FunctionScenarios.All[question]())!;
        File.Check(question, message, error.Message);
    }

    [Test]
    public void Every_scenario_is_a_case() => Assert.That(FunctionScenarios.All.Keys, Is.EquivalentTo(File.Cases().Select(data => (string)data.Arguments[0]!)));
}
