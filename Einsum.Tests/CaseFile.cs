using System.Collections.Concurrent;

namespace EinsumNet.Tests;

/// <summary>
/// A file of cases: blocks parted by empty lines, each the line of a question and the lines of its answer; a block that starts with # is a remark.
/// Where answers differ, a copy of the file with the actual ones is written beside the test assembly, to be read and taken over.
/// </summary>
sealed class CaseFile(string path)
{
    readonly ConcurrentDictionary<string, string> _actual = new();

    string[] Blocks { get; } = [.. File.ReadAllText(Path.Combine(AppContext.BaseDirectory, path)).Split("\n\n").Select(block => block.Trim('\n'))];

    internal IEnumerable<TestCaseData> Cases() =>
        from block in Blocks
        where !block.StartsWith('#') && block.Length > 0
        let question = block.Split('\n')[0]
        select new TestCaseData(question, block[question.Length..].TrimStart('\n')).SetArgDisplayNames(question);

    internal void Check(string question, string expected, string actual)
    {
        if (actual == expected) return;
        _actual[question] = actual;
        var beside = Path.Combine(AppContext.BaseDirectory, Path.ChangeExtension(path, ".actual.txt"));
        lock (_actual) File.WriteAllText(beside, string.Join("\n\n", Blocks.Select(Actual)) + "\n");
        Assert.That(actual, Is.EqualTo(expected), $"{question}\nTo accept: cp {beside} Einsum.Tests/{path}");
    }

    string Actual(string block) => block.Split('\n')[0] is var question && _actual.TryGetValue(question, out var actual) ? $"{question}\n{actual}" : block;
}
