namespace EinsumNet.Tool.Numpy;

/// <summary>
/// Parses the header's dictionary, a Python literal: <c>{'descr': '&lt;f8', 'fortran_order': False, 'shape': (3, 4), }</c>.
/// Keys in any order, either quote, any white space. It does not recurse, so no header can exhaust the stack.
/// </summary>
ref struct NpyHeaderParser(string text, string file)
{
    int _position;

    internal NpyHeader Parse()
    {
        string? descriptor = null;
        bool? fortranOrder = null;
        Shape? shape = null;

        Expect('{');
        while (!Accept('}'))
        {
            var key = ParseString();
            Expect(':');
            if (key == "descr" && descriptor is null) descriptor = ParseDescriptor();
            else if (key == "fortran_order" && fortranOrder is null) fortranOrder = ParseBool();
            else if (key == "shape" && shape is null) shape = ParseShape();
            else throw Error($"the header has an unexpected key '{Excerpt(key)}'");
            if (!Accept(','))
            {
                Expect('}');
                break;
            }
        }
        SkipSpace();
        if (_position < text.Length) throw Error("the header goes on after its dictionary");

        if (descriptor is null) throw Error("the header has no 'descr'");
        var (dtype, bigEndian) = DTypeOf(descriptor);
        return new NpyHeader(
            dtype,
            bigEndian,
            fortranOrder ?? throw Error("the header has no 'fortran_order'"),
            shape ?? throw Error("the header has no 'shape'"));
    }

    readonly (NumpyDType DType, bool BigEndian) DTypeOf(string descriptor)
    {
        var order = descriptor.Length > 0 && descriptor[0] is '<' or '>' or '=' or '|' ? descriptor[0] : '=';
        var code = descriptor.TrimStart(['<', '>', '=', '|']);
        if (code == "?") code = "b1";
        var dtype = descriptor.Length - code.Length <= 1 || code == "b1" ? NumpyDType.All.FirstOrDefault(type => type.Code == code) : null;
        return dtype is not null
            ? (dtype, order == '>' || (order != '<' && !BitConverter.IsLittleEndian))
            : throw Error($"dtype '{Excerpt(descriptor)}' is not supported{Hint(code)}");
    }

    static string Hint(string code) => code switch
    {
        "c8" => " (complex64); convert it with .astype('complex128')",
        ['O', ..] => " (Python objects)",
        _ => $"; those that are: {string.Join(" ", NumpyDType.All.Select(type => type.Code))}",
    };

    string ParseDescriptor() => Peek() is '[' or '(' or '{' ? throw Error("structured dtypes are not supported") : ParseString();

    string ParseString()
    {
        var quote = Peek();
        if (quote is not ('\'' or '"')) throw Unexpected("a string");
        var end = text.IndexOf(quote, _position + 1);
        if (end < 0) throw Error("the header has a string without end");
        var value = text[(_position + 1)..end];
        _position = end + 1;
        return value;
    }

    bool ParseBool()
    {
        SkipSpace();
        var rest = text.AsSpan(_position);
        var value = rest.StartsWith("True");
        if (!value && !rest.StartsWith("False")) throw Unexpected("True or False");
        _position += value ? 4 : 5;
        return value;
    }

    /// <summary><c>()</c>, <c>(3,)</c>, <c>(3, 4)</c>, <c>(3, 4,)</c>.</summary>
    Shape ParseShape()
    {
        var sizes = new List<long>();
        Expect('(');
        var comma = true;
        while (!Accept(')'))
        {
            if (!comma) throw Unexpected("',' or ')'");
            sizes.Add(ParseSize());
            comma = Accept(',');
        }
        if (sizes.Count == 1 && !comma) throw Error("the header's shape is a number, not a tuple");
        return Shape.Create(sizes.ToArray());
    }

    long ParseSize()
    {
        if (Peek() == '-') throw Error("the header's shape has a negative size");
        var start = _position;
        while (_position < text.Length && char.IsAsciiDigit(text[_position])) _position++;
        if (_position == start) throw Unexpected("a size");
        if (!long.TryParse(text.AsSpan(start, _position - start), out var size)) throw Error("the header's shape has a size of more than 64 bits");
        // Python 2 wrote its long integers as 3L.
        if (_position < text.Length && text[_position] == 'L') _position++;
        return size;
    }

    char Peek()
    {
        SkipSpace();
        return _position < text.Length ? text[_position] : '\0';
    }

    bool Accept(char character)
    {
        if (Peek() != character || _position == text.Length) return false;
        _position++;
        return true;
    }

    void Expect(char character)
    {
        if (!Accept(character)) throw Unexpected($"'{character}'");
    }

    void SkipSpace()
    {
        while (_position < text.Length && text[_position] is ' ' or '\t' or '\r' or '\n' or '\f') _position++;
    }

    readonly NumpyFormatException Unexpected(string wanted) => Error(_position < text.Length
        ? $"the header has '{text[_position]}' in column {_position + 1} where {wanted} belongs"
        : $"the header ends where {wanted} belongs");

    readonly NumpyFormatException Error(string why) => new(file, why);

    static string Excerpt(string text) => text.Length > 20 ? text[..20] + "..." : text;
}
