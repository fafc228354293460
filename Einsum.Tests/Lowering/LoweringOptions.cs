using System.Collections.Frozen;
using System.Collections.Immutable;

namespace EinsumNet.Tests.Lowering;

/// <summary>The options of a line of lowering-cases.txt: <c>float in double</c>, <c>diagonal</c>, <c>y=3</c>, <c>(0, 2), (0, 1)</c>.</summary>
sealed record LoweringOptions(BindingRules Rules, ElementType Element, ElementType Arithmetic, ContractionPath? Path)
{
    internal static LoweringOptions Parse(string text)
    {
        if (text.StartsWith('(')) return new LoweringOptions(BindingRules.Default, ElementType.Double, ElementType.Double, PathOf(text));
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var sizes = words.Where(word => word.Contains('=')).ToFrozenDictionary(word => word.Split('=')[0], word => long.Parse(word.Split('=')[1]));
        var elements = Enum.GetValues<ElementType>().ToDictionary(element => element.Name());
        var named = words.Where(elements.ContainsKey).Select(word => elements[word]).DefaultIfEmpty(ElementType.Double).ToArray();
        return new LoweringOptions(new BindingRules(false, words.Contains("diagonal"), sizes), named[0], named[^1], null);
    }

    static ContractionPath PathOf(string text) =>
        new([.. text.Trim('(', ')').Split("), (").Select(step => step.Split(", ").Select(int.Parse).ToImmutableArray())]);
}

static class Problems
{
    internal static ContractionProblem Of(BoundEquation bound) => new(
        [.. bound.Inputs.Select(axes => BoundEquation.Distinct(axes))], BoundEquation.Distinct(bound.Output), [.. bound.Labels.Select(label => label.Size)], null);
}
