namespace EinsumNet.Functions;

/// <summary>Labels of one letter, as many as are needed: i to z, a to h, then every further letter of Unicode.</summary>
static class Letters
{
    internal static string Take(int count, int skip = 0) => string.Concat(All().Skip(skip).Take(count));

    internal static IEnumerable<char> All()
    {
        for (var letter = 'i'; letter <= 'z'; letter++) yield return letter;
        for (var letter = 'a'; letter < 'i'; letter++) yield return letter;
        for (var letter = 'A'; letter <= 'Z'; letter++) yield return letter;
        for (var letter = 'À'; letter < 'ʰ'; letter++)
            if (char.IsLetter(letter)) yield return letter;
    }
}
