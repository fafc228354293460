using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// The cache lines of the block of y that is worked on next, brought to L2 a few at a time while the block before it is multiplied: what reads them finds them
/// near, and memory works while the core computes. The next block has the same shape as this one and begins elsewhere.
/// </summary>
unsafe struct LinesAhead<T> where T : unmanaged
{
    T* _from;
    nint* _outer, _inner;
    int _outerCount, _innerCount, _place, _perTile;

    /// <param name="y">The operand.</param>
    /// <param name="columns">Offsets of the block's columns that begin a line, the first one's left out.</param>
    /// <param name="columnCount">How many there are.</param>
    /// <param name="steps">Offsets of the steps of the depth that begin a line.</param>
    /// <param name="stepCount">How many there are.</param>
    /// <param name="tiles">Register tiles that the block before it is made of.</param>
    /// <param name="most">No more lines than this.</param>
    internal LinesAhead(T* y, nint* columns, int columnCount, nint* steps, int stepCount, long tiles, long most)
    {
        // The nearer ones innermost: pages are visited once.
        var byDepth = stepCount > 1 && (columnCount == 1 || Math.Abs(steps[1] - steps[0]) < Math.Abs(columns[1] - columns[0]));
        _outer = byDepth ? columns : steps;
        _outerCount = byDepth ? columnCount : stepCount;
        _inner = byDepth ? steps : columns;
        _innerCount = byDepth ? stepCount : columnCount;
        _from = y;
        if (columnCount == 0 || stepCount == 0) _outerCount = 0;
        var lines = Math.Min((long)_outerCount * _innerCount, most);
        _perTile = (int)((lines + tiles - 1) / tiles);
        _place = 0;
    }

    internal readonly bool IsEmpty => _outerCount == 0;

    /// <summary>Makes a list for one tile of so many steps: addresses of lines, one for each step. More lines than steps are asked for at once.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal void Next(nint* list, int steps)
    {
        for (var left = _perTile; left > 0 && _outerCount > 0;)
        {
            var run = Math.Min(left, _innerCount - _place);
            var from = (byte*)(_from + *_outer);
            var inner = _inner + _place;
            if (steps >= _perTile) Addresses((nint)from, inner, run, list);
            else
                for (var i = 0; i < run; i++) Sse.Prefetch1(from + inner[i] * sizeof(T));
            list += run;
            left -= run;
            _place += run;
            if (_place < _innerCount) continue;
            _place = 0;
            _outer++;
            _outerCount--;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Addresses(nint from, nint* offsets, int count, nint* addresses)
    {
        var (i, all) = (0, new Vector<nint>(from));
        for (; i <= count - Vector<nint>.Count; i += Vector<nint>.Count) (all + Vector.ShiftLeft(Vector.Load(offsets + i), BitOperations.Log2((uint)sizeof(T)))).Store(addresses + i);
        for (; i < count; i++) addresses[i] = from + offsets[i] * sizeof(T);
    }
}
