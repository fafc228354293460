using System.Text.RegularExpressions;

namespace EinsumNet.Tests;

/// <summary>The lines of parse-cases.txt and the blocks of parse-errors.txt.</summary>
static partial class ParseCases
{
    internal static IEnumerable<TestCaseData> Accepted() =>
        from line in File.ReadLines(PathOf("parse-cases.txt"))
        where line.Contains("=>") && !line.StartsWith('#')
        let arrow = line.LastIndexOf("=>", StringComparison.Ordinal)
        let source = line[..arrow].Trim()
        select new TestCaseData(Unescape(source), Unescape(line[(arrow + 2)..].Trim())).SetArgDisplayNames(source);

    internal static IEnumerable<TestCaseData> Refused() =>
        from block in File.ReadAllText(PathOf("parse-errors.txt")).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
        where !block.StartsWith('#')
        let lines = block.TrimEnd('\n').Split('\n', 2)
        select new TestCaseData(Unescape(lines[0]), Unescape(lines[1])).SetArgDisplayNames(lines[0]);

    static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Parsing", file);

    static string Unescape(string text) => Escape().Replace(text, match => match.Value switch
    {
        @"\t" => "\t",
        @"\n" => "\n",
        ['\\', 'u', .. var unit] => ((char)Convert.ToInt32(unit, 16)).ToString(),
        ['\\', 'U', .. var rune] => char.ConvertFromUtf32(Convert.ToInt32(rune, 16)),
        _ => throw new FormatException(match.Value),
    });

    [GeneratedRegex(@"\\(t|n|u[0-9A-F]{4}|U[0-9A-F]{8})")]
    private static partial Regex Escape();
}
