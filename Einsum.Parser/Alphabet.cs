using System.Globalization;
using System.Text;

namespace EinsumNet;

/// <summary>Which characters make labels and names, and what a character is called in a message.</summary>
static class Alphabet
{
    /// <summary>Whether the character is a label outside brackets: any Unicode letter.</summary>
    internal static bool IsLetter(Rune rune) => Rune.IsLetter(rune);

    internal static bool StartsName(Rune rune) => IsLetter(rune) || rune.Value == '_';

    internal static bool ContinuesName(Rune rune) => StartsName(rune) || Rune.IsDigit(rune);

    /// <summary>Whether the character can be told by its looks, on its own.</summary>
    internal static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    /// <summary>What a message calls the character: <c>'1'</c>, or <c>U+200B</c> where one would not see it.</summary>
    internal static string Describe(string text, int position)
    {
        if (!Rune.TryGetRuneAt(text, position, out var rune)) return $"U+{(int)text[position]:X4}";
        return IsVisible(rune) ? $"'{rune}'" : $"U+{rune.Value:X4}";
    }
}
