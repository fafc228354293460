using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// The panel of y that comes after the one that is multiplied: its lines are asked for tile by tile, row after row, so that they are in L2 when they are read. A core waits for some 16 lines at a time, of
/// those that are stored past the caches too; so lines are asked for one by one beside the steps of a tile's sum, as evenly as these allow.
/// </summary>
readonly unsafe struct NextPanel<T> where T : unmanaged
{
    /// <summary>So few lines may be asked for at once.</summary>
    const int MostAtOnce = 8;

    readonly T* _from;
    readonly nint* _steps;
    readonly nint _second, _last;
    readonly int _depth, _lines;

    /// <param name="from">Where its first entry lies.</param>
    /// <param name="second">The offset of the entry a line's worth of entries after the first one, or of the last one.</param>
    /// <param name="last">The offset of its last entry.</param>
    /// <param name="steps">Offsets of the steps of its depth.</param>
    /// <param name="depth">How many there are.</param>
    /// <param name="areLines">Whether all these are whole lines.</param>
    internal NextPanel(T* from, nint second, nint last, nint* steps, int depth, bool areLines)
    {
        var line = Lines.Bytes / sizeof(T);
        _from = from;
        _steps = steps;
        (_second, _last, _depth) = (second, last, depth);
        _lines = second != last ? 3 : last != 0 ? 2 : 1;
        // Rows of whole lines end with the line before, which is asked for.
        if (areLines && (nuint)from % Lines.Bytes == 0 && last == (_lines - 1) * line - 1) _lines--;
    }

    /// <summary>Asks for one of so many parts of the lines: for few at once, for more beside the steps of a tile, whose <paramref name="list"/> of them this gives.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal nint* Ask(int part, int parts, nint* list, int tileSteps)
    {
        if (_from is null || !Sse.IsSupported) return null;
        var (row, end) = ((int)((long)_depth * part / parts), (int)((long)_depth * (part + 1) / parts));
        var count = (end - row) * _lines;
        if (count > MostAtOnce && count <= tileSteps)
        {
            List(row, end, tileSteps / count, list, tileSteps);
            return list;
        }

        for (; row < end; row++)
        {
            var at = _from + _steps[row];
            Sse.Prefetch1(at);
            if (_lines > 1) Sse.Prefetch1(at + _second);
            if (_lines > 2) Sse.Prefetch1(at + _last);
        }

        return null;
    }

    /// <summary>Steps that nothing is to be asked for beside ask for the list itself, which is near.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void List(int row, int end, int distance, nint* list, int tileSteps)
    {
        var filled = distance == 1 ? (end - row) * _lines : 0;
        new Span<nint>(list + filled, tileSteps - filled).Fill((nint)list);
        var (from, second, last) = ((nint)_from, _second * sizeof(T), _last * sizeof(T));
        var steps = _steps;
        if (_lines == 1)
            for (; row < end; row++, list += distance) *list = from + steps[row] * sizeof(T);
        else if (_lines == 2)
            for (; row < end; row++, list += 2 * distance)
            {
                var at = from + steps[row] * sizeof(T);
                *list = at;
                list[distance] = at + second;
            }
        else
            for (; row < end; row++, list += 3 * distance)
            {
                var at = from + steps[row] * sizeof(T);
                *list = at;
                list[distance] = at + second;
                list[2 * distance] = at + last;
            }
    }
}
