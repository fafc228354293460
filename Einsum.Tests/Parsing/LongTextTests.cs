namespace EinsumNet.Tests;

/// <summary>Texts of 100 000 characters take time in proportion to their length, and no more stack than short ones.</summary>
public class LongTextTests
{
    const int Length = 100_000;
    const int SmallStack = 128 * 1024;

    static readonly string[] s_right =
    [
        new('i', Length),
        new(',', Length),
        new(' ', Length),
        $"[{new string('a', Length)}]",
        $"[{Repeat("ab ")}]",
        $"{Repeat("[ab],")}i",
        $"{Repeat("conj(i),")}i",
        Repeat("conj  "),
        Repeat("𝓐"),
    ];

    static readonly string[] s_wrong =
    [
        $"{new string('i', Length)}1",
        new('.', Length),
        new('[', Length),
        Repeat("conj("),
        $"{Repeat("conj(")}{new string(')', Length)}",
        $"{Repeat("[ab],")}[",
        $"[{new string('1', Length)}]",
        $"conj{new string(' ', Length)}(",
        Repeat("->"),
    ];

    static IEnumerable<TestCaseData> Right() => s_right.Select(Named);

    static IEnumerable<TestCaseData> Wrong() => s_wrong.Select(Named);

    [TestCaseSource(nameof(Right)), MaxTime(20_000)]
    public void Are_read(string text) =>
        OnSmallStack(() => Assert.That(Equation.TryParse(text, out _), Is.True));

    [TestCaseSource(nameof(Wrong)), MaxTime(20_000)]
    public void Are_explained_in_few_words(string text) => OnSmallStack(() =>
    {
        var error = Assert.Throws<EinsumException>(() => Equation.Parse(text))!;
        Assert.That(error.Message, Has.Length.LessThan(600));
    });

    static TestCaseData Named(string text) => new TestCaseData(text).SetArgDisplayNames($"{text[..10]}...{text[^5..]}");

    static string Repeat(string piece) => string.Concat(Enumerable.Repeat(piece, Length / piece.Length));

    static void OnSmallStack(Action test)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try { test(); }
            catch (Exception exception) { failure = exception; }
        }, SmallStack);
        thread.Start();
        thread.Join();
        if (failure is not null) throw failure;
    }
}
