namespace EinsumNet.Tests;

/// <summary>Where terms and labels stand in the text, in UTF-16 units: <c>term@start{label@start ...}</c>.</summary>
public class SpanTests
{
    [TestCase("ij,jk->ik", "'ij'@0{i@0 j@1} 'jk'@3{j@3 k@4} 'ik'@7{i@7 k@8}")]
    [TestCase(" i\tj , k -> j ", "'i\tj'@1{i@1 j@3} 'k'@7{k@7} 'j'@12{j@12}")]
    [TestCase("", "''@0{} ''@0{}")]
    [TestCase("  ", "''@2{} ''@2{}")]
    [TestCase(", ,->  ", "''@0{} ''@2{} ''@3{} ''@7{}")]
    [TestCase("i...j->...", "'i...j'@0{i@0 j@4} '...'@7{}")]
    [TestCase(" ... i ->", "'... i'@1{i@5} ''@9{}")]
    [TestCase("[ batch i ] , []->[i]", "'[ batch i ]'@0{batch@2 i@8} '[]'@14{} '[i]'@18{i@19}")]
    [TestCase("conj ( ij ) ->conj", "'conj ( ij )'@0{i@7 j@8} 'conj'@14{c@14 o@15 n@16 j@17}")]
    [TestCase(" conj([a b])->", "'conj([a b])'@1{a@7 b@9} ''@14{}")]
    [TestCase("𝓐i,i𝓐->i", "'𝓐i'@0{𝓐@0 i@2} 'i𝓐'@4{i@4 𝓐@5} 'i'@9{i@9}")]
    [TestCase("ji", "'ji'@0{j@0 i@1} ''@2{i@2 j@2}")]
    public void Terms_and_labels_know_where_they_stand(string text, string expected)
    {
        var equation = Equation.Parse(text);

        Assert.That(string.Join(' ', equation.Inputs.Append(equation.Output).Select(Print)), Is.EqualTo(expected));

        string Print(Subscripts term)
        {
            var labels = term.Labels.Zip(term.LabelSpans, (label, span) =>
            {
                if (span.Length > 0) Assert.That(text.Substring(span.Start, span.Length), Is.EqualTo(label.Name));
                return $"{label}@{span.Start}";
            });
            return $"'{text.Substring(term.Span.Start, term.Span.Length)}'@{term.Span.Start}{{{string.Join(' ', labels)}}}";
        }
    }

    [TestCase("ij1", 2, 1)]
    [TestCase("i......", 1, 6)]
    [TestCase("i->j->k", 4, 2)]
    [TestCase("i,[a b-c]", 5, 3)]
    [TestCase("i,conj (j", 2, 6)]
    [TestCase("i->conj( i ) ", 3, 9)]
    public void Errors_know_where_they_stand(string text, int start, int length) => Assert.That(
        () => Equation.Parse(text),
        Throws.TypeOf<EinsumException>().With.Property(nameof(EinsumException.Span)).EqualTo(new TextSpan(start, length)));
}
