using EinsumNet.Tool.Numpy;

namespace EinsumNet.Tool;

/// <summary>Prints an array as NumPy does: nested brackets, aligned columns, the middle of long axes left out; then shape and dtype.</summary>
ref struct ArrayPrinter<T> where T : unmanaged
{
    /// <summary>Arrays of more elements have the middle of their axes left out.</summary>
    const int Threshold = 200;

    /// <summary>How many are shown at either end of such an axis.</summary>
    const int Edge = 3;

    readonly TextWriter _writer;
    readonly Shape _shape;
    readonly ReadOnlySpan<T> _elements;
    readonly NumberFormat _format;
    readonly int _fraction;
    readonly int _width;

    internal ArrayPrinter(TextWriter writer, Shape shape, ReadOnlySpan<T> elements)
    {
        _writer = writer;
        _shape = shape;
        _elements = elements;
        var shown = new List<T>();
        Visit(0, 0, shown);
        _format = NumberFormat.For(shown);
        foreach (var element in shown) _fraction = Math.Max(_fraction, _format.Fraction(_format.Text(element)) ?? 0);
        foreach (var element in shown) _width = Math.Max(_width, Cell(element).Length);
    }

    internal readonly void Print()
    {
        if (_elements.IsEmpty) _writer.Write("[]");
        else PrintAxis(0, 0);
        _writer.WriteLine();
        _writer.WriteLine($"shape {NumpyText.Shape(_shape)}, dtype {NumpyDType.Of<T>().Name}");
    }

    readonly void PrintAxis(int axis, int offset)
    {
        if (axis == _shape.Rank)
        {
            _writer.Write(Cell(_elements[offset]).PadLeft(_width));
            return;
        }
        var last = axis == _shape.Rank - 1;
        var separator = last ? " " : new string('\n', _shape.Rank - 1 - axis) + new string(' ', axis + 1);
        _writer.Write('[');
        for (var i = 0; i < Size(axis); i = Next(axis, i))
        {
            if (i > 0) _writer.Write(separator);
            if (IsElided(axis) && i == Size(axis) - Edge) _writer.Write("..." + separator);
            PrintAxis(axis + 1, offset * Size(axis) + i);
        }
        _writer.Write(']');
    }

    /// <summary>Collects the elements that will be shown, whose widths and magnitudes settle the format.</summary>
    readonly void Visit(int axis, int offset, List<T> shown)
    {
        if (_elements.IsEmpty) return;
        if (axis == _shape.Rank) shown.Add(_elements[offset]);
        else for (var i = 0; i < Size(axis); i = Next(axis, i)) Visit(axis + 1, offset * Size(axis) + i, shown);
    }

    /// <summary>The element's text, padded so that the decimal points of a column stand in line.</summary>
    readonly string Cell(T element)
    {
        var text = _format.Text(element);
        return _format.Fraction(text) is { } fraction ? text.PadRight(text.Length + _fraction - fraction) : text;
    }

    readonly int Size(int axis) => (int)_shape[axis];

    readonly bool IsElided(int axis) => _elements.Length > Threshold && _shape[axis] > 2 * Edge;

    readonly int Next(int axis, int i) => IsElided(axis) && i == Edge - 1 ? Size(axis) - Edge : i + 1;
}

static class ArrayPrinter
{
    internal static void Print<T>(TextWriter writer, Shape shape, ReadOnlySpan<T> elements) where T : unmanaged =>
        new ArrayPrinter<T>(writer, shape, elements).Print();
}
