using System.Text.RegularExpressions;

namespace EinsumNet.Tests.Golden;

/// <summary>A line of golden.txt: <c>double | ij,jk->ik | [2, 3] [3, 4] | [2, 4] | 28 -83 ...</c>, as make_golden.py writes it.</summary>
sealed partial record GoldenCase(string Type, string Equation, long[][] Shapes, long[] ResultShape, string[] Elements)
{
    internal static IEnumerable<GoldenCase> All() =>
        from line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "golden.txt"))
        where !line.StartsWith('#')
        let fields = line.Split('|')
        select new GoldenCase(
            fields[0].Trim(), fields[1].Trim(' '), [.. ShapeText().Matches(fields[2]).Select(match => Sizes(match.Value))], Sizes(fields[3]),
            fields[4].Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The equation, or that of integer sublists in braces.</summary>
    internal Equation Parse()
    {
        if (!Equation.StartsWith('{')) return EinsumNet.Equation.Parse(Equation);
        var halves = Equation.Trim('{', '}').Split("->");
        return EinsumNet.Equation.FromSublists([.. halves[0].Split(',').Select(Sublist)], halves.Length > 1 ? Sublist(halves[1]) : null);
    }

    /// <summary>Element <paramref name="element"/> of operand <paramref name="operand"/>: value() in make_golden.py.</summary>
    internal static long Value(int element, int operand) => (long)((uint)(element * 2654435761L + (operand + 1) * 40503L * 65537L) / 65536 % 19) - 9;

    public override string ToString() => $"{Type} {Equation} {string.Join(' ', Shapes.Select(shape => $"[{string.Join(", ", shape)}]"))}";

    static int?[] Sublist(string term) => [.. term.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word == "E" ? (int?)null : int.Parse(word))];

    static long[] Sizes(string text) => [.. text.Trim(' ', '[', ']').Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex ShapeText();
}
