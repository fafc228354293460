using System.Numerics;

namespace EinsumNet.Tests.Facade;

/// <summary>Plans as they print themselves.</summary>
sealed class PlanCases
{
    static readonly CaseFile s_file = new("Facade/plan-cases.txt");

    static IEnumerable<TestCaseData> Cases => s_file.Cases();

    [TestCaseSource(nameof(Cases))]
    public void Prints(string question, string answer)
    {
        var fields = question.Split('|', StringSplitOptions.TrimEntries);
        var shapes = CaseShapes.Parse(fields[1]);
        var plan = fields.ElementAtOrDefault(2) switch
        {
            null => Einsum.Plan(fields[0], shapes),
            "float" => Einsum.Plan<float>(fields[0], shapes),
            "bool" => Einsum.Plan<bool>(fields[0], shapes),
            "Half" => Einsum.Plan<Half>(fields[0], shapes),
            "Complex" => Einsum.Plan<Complex>(fields[0], shapes),
            var other => throw new ArgumentException($"Add '{other}' to this switch."),
        };
        s_file.Check(question, answer, WithoutKernels(plan.ToString()));
    }

    /// <summary>The table without its column of kernels, which are the backend's business and the machine's.</summary>
    internal static string WithoutKernels(string table)
    {
        var lines = table.TrimEnd('\n').Split('\n');
        var heading = Array.Find(lines, line => line.StartsWith("step ", StringComparison.Ordinal));
        if (heading is null) return string.Join('\n', lines);
        var (start, end) = (heading.IndexOf("kernel", StringComparison.Ordinal), heading.IndexOf("vmap form", StringComparison.Ordinal));
        return string.Join('\n', lines.Select((line, i) => i < Array.IndexOf(lines, heading) || line.Length <= start ? line : (line[..start] + line[Math.Min(end, line.Length)..]).TrimEnd()));
    }
}
