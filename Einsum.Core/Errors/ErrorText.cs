using System.Globalization;
using System.Text;

namespace EinsumNet;

/// <summary>
/// Lays out an error: the sentence, the equation, carets under the offenders, the operands' shapes, a hint.
/// </summary>
sealed class ErrorText(string code, FormattableString sentence, string? equation = null)
{
    /// <summary>Longer equations are shown as a window around the first caret.</summary>
    const int Window = 100;

    readonly List<TextSpan> _carets = [];
    readonly List<Shape> _shapes = [];
    string? _hint, _source;

    internal ErrorText At(params ReadOnlySpan<TextSpan> spans)
    {
        _carets.AddRange(spans);
        return this;
    }

    internal ErrorText With(IEnumerable<Shape> shapes)
    {
        _shapes.AddRange(shapes);
        return this;
    }

    internal ErrorText Hint(FormattableString hint)
    {
        _hint = hint.ToString(CultureInfo.InvariantCulture);
        return this;
    }

    /// <summary>The user's line that asked for it, where it is known.</summary>
    internal ErrorText From(string? source)
    {
        _source = source;
        return this;
    }

    internal EinsumException ToException()
    {
        var text = new StringBuilder($"{code}: {sentence.ToString(CultureInfo.InvariantCulture)}");
        if (equation is not null) AppendEquation(text);
        if (_shapes.Count > 0)
        {
            const int shown = 8;
            text.Append("\n  ").AppendJoin("   ", _shapes.Take(shown).Select((shape, i) => $"operand {i}: {shape}"));
            if (_shapes.Count > shown) text.Append(CultureInfo.InvariantCulture, $"   and {_shapes.Count - shown} more");
        }
        if (_hint is not null) text.Append($"\n  hint: {_hint}");
        if (_source is not null) text.Append($"\n  at {_source}");
        return new EinsumException(code, text.ToString(), equation, _carets.Count > 0 ? _carets[0] : default);
    }

    void AppendEquation(StringBuilder text)
    {
        var focus = _carets.Count > 0 ? _carets[0].Start : 0;
        var start = equation!.Length <= Window ? 0 : Math.Clamp(focus - Window / 2, 0, equation.Length - Window);
        var end = Math.Min(equation.Length, start + Window);
        var line = new StringBuilder();
        var marks = new StringBuilder();
        if (start > 0) Append("...", marked: false);
        for (var i = start; i < end; i++)
        {
            // A low surrogate shares the column of the high one before it.
            if (i > start && char.IsSurrogatePair(equation[i - 1], equation[i])) line.Append(equation[i]);
            else Append(char.IsControl(equation[i]) ? " " : equation[i].ToString(), _carets.Any(span => Covers(span, i)));
        }
        if (end < equation.Length) Append("...", marked: false);
        else if (_carets.Any(span => span.Start >= equation.Length)) marks.Append('^');
        text.Append($"\n  {line}".TrimEnd(' '));
        if (_carets.Count > 0) text.Append($"\n  {marks.ToString().TrimEnd()}");

        void Append(string piece, bool marked)
        {
            line.Append(piece);
            marks.Append(marked ? '^' : ' ', piece.Length);
        }

        static bool Covers(TextSpan span, int i) => i >= span.Start && i < span.Start + Math.Max(1, span.Length);
    }
}
