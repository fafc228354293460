namespace EinsumNet.Tool.Numpy;

/// <summary>A file that cannot be read as NumPy's formats; the message is one line that starts with the file.</summary>
sealed class NumpyFormatException(string file, string why) : Exception($"{file}: {OneLine(why)}")
{
    /// <summary>A damaged file's own text may be quoted in the reason, so no control character of it may reach a terminal.</summary>
    static string OneLine(string text) => string.Concat(text.Select(character => char.IsControl(character) ? '.' : character));
}
