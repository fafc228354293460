namespace EinsumNet.Tests;

public class ParseTests
{
    [TestCaseSource(typeof(ParseCases), nameof(ParseCases.Accepted))]
    public void Reads(string source, string canonical)
    {
        var equation = Equation.Parse(source);

        Assert.Multiple(() =>
        {
            Assert.That(equation.ToString(), Is.EqualTo(canonical));
            Assert.That(equation.Text, Is.EqualTo(source));
            Assert.That(equation.IsOutputImplicit, Is.EqualTo(!source.Contains("->")));
            Assert.That(Equation.Parse(canonical), Is.EqualTo(equation));
            Assert.That(ParseErrorFinder.Find(source), Is.Null);
        });
    }

    [TestCaseSource(typeof(ParseCases), nameof(ParseCases.Refused))]
    public void Explains(string source, string message)
    {
        var error = Assert.Throws<EinsumException>(() => Equation.Parse(source))!;

        Assert.Multiple(() =>
        {
            Assert.That(error.Message, Is.EqualTo(message));
            Assert.That(error.Code, Is.EqualTo(message[..7]));
            Assert.That(error.Equation, Is.EqualTo(source));
            Assert.That(Equation.TryParse(source, out var equation), Is.False);
            Assert.That(equation, Is.Null);
        });
    }

    [Test]
    public void Every_error_of_the_text_is_explained_in_the_cases()
    {
        var codes = ParseCases.Refused().Select(block => ((string)block.Arguments[1]!)[..7]).Distinct().Order();

        Assert.That(codes, Is.EqualTo(Enumerable.Range(101, 9).Select(number => $"EIN0{number}")));
    }

    [Test]
    public void TryParse_gives_the_equation()
    {
        Assert.That(Equation.TryParse("ij,jk", out var equation), Is.True);
        Assert.That(equation, Is.EqualTo(Equation.Parse("ij,jk->ik")));
    }

    [Test]
    public void Null_is_no_equation()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => Equation.Parse(null!), Throws.ArgumentNullException);
            Assert.That(Equation.TryParse(null, out var equation), Is.False);
            Assert.That(equation, Is.Null);
        });
    }

    [Test]
    public void Equations_are_equal_where_their_canonical_texts_are()
    {
        var (written, spaced) = (Equation.Parse("ij,jk->ik"), Equation.Parse("[i j], j k"));

        Assert.Multiple(() =>
        {
            Assert.That(spaced, Is.EqualTo(written));
            Assert.That(spaced.GetHashCode(), Is.EqualTo(written.GetHashCode()));
            Assert.That(Equation.Parse("ij,jk->ki"), Is.Not.EqualTo(written));
            Assert.That(Equation.Parse("conj(ij),jk->ik"), Is.Not.EqualTo(written));
        });
    }
}
