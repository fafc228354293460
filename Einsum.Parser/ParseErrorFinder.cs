using System.Buffers;
using System.Text;

namespace EinsumNet;

/// <summary>
/// Says what is wrong with a text that the grammar refuses: reads it from left to right and stops at the first offender. It follows
/// the grammar's productions one by one, and finds nothing in a text that the grammar accepts.
/// </summary>
sealed class ParseErrorFinder
{
    readonly string _text;
    int _position;

    ParseErrorFinder(string text) => _text = text;

    /// <summary>The first error, or null where the text is an equation.</summary>
    internal static EinsumException? Find(string text) => new ParseErrorFinder(text).InEquation();

    EinsumException? InEquation()
    {
        var inOutput = false;
        while (true)
        {
            if ((inOutput ? InOutput() : InInput()) is { } error) return error;
            SkipSpace();
            if (_position == _text.Length) return null;
            if (Take(","))
            {
                if (inOutput) return ParseErrors.SecondOutput(_text, _position - 1);
            }
            else if (Take("->"))
            {
                if (inOutput) return ParseErrors.SecondArrow(_text, new TextSpan(_position - 2, 2));
                inOutput = true;
            }
            else return Unexpected();
        }
    }

    EinsumException? InOutput()
    {
        SkipSpace();
        var start = _position;
        if (!TakeConj()) return InPlain();
        _position = start;
        return InInput() ?? ParseErrors.ConjugatedOutput(_text, new TextSpan(start, _position - start));
    }

    EinsumException? InInput()
    {
        SkipSpace();
        var start = _position;
        if (!TakeConj()) return InPlain();
        if (!IsClosed('(', ')')) return ParseErrors.UnclosedBracket(_text, new TextSpan(start, _position - start));
        return InPlain() ?? (Take(")") ? null : Unexpected());
    }

    EinsumException? InPlain()
    {
        if (!Take("[")) return InLetters();
        return IsClosed('[', ']') ? InNames() : ParseErrors.UnclosedBracket(_text, new TextSpan(_position - 1, 1));
    }

    EinsumException? InLetters()
    {
        var hasEllipsis = false;
        while (true)
        {
            SkipSpace();
            if (TakeLetter()) continue;
            if (Current != '.') return null;
            if (InEllipsis(ref hasEllipsis) is { } error) return error;
        }
    }

    EinsumException? InNames()
    {
        var hasEllipsis = false;
        while (!Take("]"))
        {
            if ((Current == '.' ? InEllipsis(ref hasEllipsis) : InName()) is { } error) return error;
        }
        return null;
    }

    /// <summary>A word within brackets, which are known to be closed.</summary>
    EinsumException? InName()
    {
        var start = _position;
        var isName = true;
        while (Current is not ('.' or ']') && !char.IsWhiteSpace(Current))
        {
            if (!Rune.TryGetRuneAt(_text, _position, out var rune) || !Alphabet.IsVisible(rune)) return Unexpected();
            isName &= _position == start ? Alphabet.StartsName(rune) : Alphabet.ContinuesName(rune);
            _position += rune.Utf16SequenceLength;
        }
        return isName ? null : ParseErrors.BadName(_text, new TextSpan(start, _position - start));
    }

    EinsumException? InEllipsis(ref bool hasEllipsis)
    {
        var start = _position;
        while (Current == '.') _position++;
        var dots = new TextSpan(start, _position - start);
        if (dots.Length != 3) return ParseErrors.LoneDot(_text, dots);
        if (hasEllipsis) return ParseErrors.SecondEllipsis(_text, dots);
        hasEllipsis = true;
        return null;
    }

    EinsumException Unexpected()
    {
        if (_text.AsSpan(_position).StartsWith("->")) return ParseErrors.UnexpectedCharacter(_text, _position, "'->'");
        return Current is '-' or '>'
            ? ParseErrors.DanglingDash(_text, _position)
            : ParseErrors.UnexpectedCharacter(_text, _position, Alphabet.Describe(_text, _position));
    }

    /// <summary>The UTF-16 unit at the position, or NUL, which is in no token, at the end.</summary>
    char Current => _position < _text.Length ? _text[_position] : '\0';

    void SkipSpace()
    {
        while (char.IsWhiteSpace(Current)) _position++;
    }

    bool Take(string symbol)
    {
        SkipSpace();
        if (!_text.AsSpan(_position).StartsWith(symbol)) return false;
        _position += symbol.Length;
        return true;
    }

    bool TakeLetter()
    {
        var isLetter = Rune.DecodeFromUtf16(_text.AsSpan(_position), out var rune, out var length) == OperationStatus.Done && Alphabet.IsLetter(rune);
        if (isLetter) _position += length;
        return isLetter;
    }

    /// <summary>Takes <c>conj(</c>, or nothing where <c>conj</c> is four labels.</summary>
    bool TakeConj()
    {
        var start = _position;
        if (Take("conj") && Take("(")) return true;
        _position = start;
        return false;
    }

    /// <summary>Whether the bracket just taken has its partner further on.</summary>
    bool IsClosed(char open, char close)
    {
        var depth = 1;
        for (var i = _position; i < _text.Length && depth > 0; i++)
        {
            if (_text[i] == open) depth++;
            if (_text[i] == close) depth--;
        }
        return depth == 0;
    }
}
