using System.Globalization;

namespace EinsumNet.Tool;

/// <summary>Reads <c>10x20</c>, <c>10,20</c>, <c>(10, 20)</c>, <c>[10,20]</c> as a shape, and <c>()</c> or <c>scalar</c> as that of no axes.</summary>
static class ShapeText
{
    internal static Shape Parse(string text)
    {
        var inner = text.Trim();
        if (inner == "scalar") return [];
        var bracketed = inner is ['(', .., ')'] or ['[', .., ']'];
        if (bracketed) inner = inner[1..^1].Trim();
        if (bracketed && inner.Length == 0) return [];

        var words = inner.Split('x', ',');
        // A tuple of one size is written (3,).
        if (words.Length > 1 && words[^1].Length == 0 && inner[^1] == ',') words = words[..^1];
        return Shape.Create(Array.ConvertAll(words, word => Size(word) ?? throw new UsageException(
            $"'{text}' is not a shape; write 10x20, 10,20 or (10, 20), and () or scalar for no axes")));
    }

    static long? Size(string word) => long.TryParse(word.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : null;
}
