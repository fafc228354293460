using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>c[i, j] (+)= sum over p of x[i, p] * y[p, j]</c> for a block of x and a block of y, one register tile after the other.</summary>
readonly unsafe ref struct MacroKernel<T, V, S, TKernel>
    where T : unmanaged where V : struct where S : struct, ISimd<T, V> where TKernel : struct, IMicroKernel<T>
{
    const int LineBytes = 64;

    /// <summary>Shorter sums are over before lines asked for one beside each step would be in each other's way.</summary>
    const int LeastDepth = 32;

    /// <summary>More lines than this are not asked for at once: a core waits for some 16 at a time.</summary>
    const int MostAtOnce = 32;

    readonly Workspace<T> _work;
    readonly Panel<T>* _x;
    readonly T* _c;
    readonly int _depth;
    readonly StoreMode _mode;
    readonly bool _collects;
    readonly ref LinesAhead<T> _ahead;

    /// <summary>Shapes, panels of y, and offsets of the rows and columns in c lie in <paramref name="work"/>.</summary>
    internal MacroKernel(in Workspace<T> work, Panel<T>* x, T* c, int depth, StoreMode mode, bool collects, ref LinesAhead<T> ahead)
    {
        (_work, _depth, _mode) = (work, depth, mode);
        _x = x;
        _c = c;
        _collects = collects;
        _ahead = ref ahead;
    }

    /// <summary>A panel of y stays in L1 while the panels of x pass by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void RunByColumns(int rowPanels, int columnPanels)
    {
        for (var j = 0; j < columnPanels; j++)
            for (var i = 0; i < rowPanels; i++) Tile(i, j, null);
    }

    /// <summary>The same where each panel of y is packed when its turn comes: while it is multiplied, the lines of the one after it are asked for, and after the last one those of <paramref name="after"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void RunByPanels(int rowPanels, int columnPanels, T* y, NextPanel<T> after)
    {
        var areLines = Offsets.AreMultiples(_work.YDepth, _depth, LineBytes / sizeof(T));
        for (var j = 0; j < columnPanels; j++)
        {
            var panel = _work.YPanels + j;
            if (panel->IsPackedBefore) Packing<T>.Pack(y, _work.YColumns, _work.YShapes + j, 1, _work.YDepth, _depth, panel);
            var next = after;
            if (j + 1 < columnPanels)
            {
                var shape = _work.YShapes + j + 1;
                var columns = _work.YColumns + shape->First;
                var last = shape->Count - 1;
                next = new NextPanel<T>(y + *columns, columns[Math.Min(LineBytes / sizeof(T), last)] - *columns, columns[last] - *columns, _work.YDepth, _depth, areLines);
            }

            for (var i = 0; i < rowPanels; i++) Tile(i, j, next.Ask(i, rowPanels, _work.Lines, _depth));
        }
    }

    /// <summary>A panel of x stays in L1 while the panels of y, all few enough for the cache, pass by: rows of the result are written from end to end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void RunByRows(int rowPanels, int columnPanels)
    {
        for (var i = 0; i < rowPanels; i++)
        {
            for (var j = 0; j < columnPanels; j++)
            {
                var lines = i + 1 < rowPanels ? Ask(i + 1, j, columnPanels) : null;
                Tile(i, j, lines);
            }
        }
    }

    /// <summary>
    /// Brings one of <paramref name="parts"/> parts of a panel near that is read in place, its rows one after the other: a few lines at once; more, which the core would wait for,
    /// beside the steps of a tile, whose list of them this gives.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    nint* Ask(int panel, int part, int parts)
    {
        var x = _x + panel;
        if (x->IsPacked || x->Step != 1 || !Sse.IsSupported) return null;
        var lines = (_depth * sizeof(T) + LineBytes - 1) / LineBytes;
        var all = (long)lines * _work.XShapes[panel].Count;
        var first = (int)(all * part / parts);
        var count = (int)(all * (part + 1) / parts) - first;
        var list = count > MostAtOnce && count <= _depth ? _work.Lines : null;
        var (row, line) = Math.DivRem(first, lines);
        for (var i = 0; i < count; i++)
        {
            var address = (byte*)(x->Start + row * x->Stride) + line * LineBytes;
            if (list is null) Sse.Prefetch0(address);
            else list[i] = (nint)address;
            if (++line < lines) continue;
            line = 0;
            row++;
        }

        if (list is not null) new Span<nint>(list + count, _depth - count).Fill(list[0]);
        return list;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Tile(int i, int j, nint* lines)
    {
        PanelShape* row = _work.XShapes + i, column = _work.YShapes + j;
        Panel<T>* x = _x + i, y = _work.YPanels + j;
        if (!_ahead.IsEmpty)
        {
            if (_depth >= LeastDepth) lines = _work.Lines;
            _ahead.Next(lines, lines is null ? 0 : _depth);
        }

        T* from = y->Start, copy = null;
        var step = y->Step;
        if (y->Source is not null)
        {
            copy = from;
            from = y->Source;
            step = y->SourceStep;
            y->Source = null;
        }

        if (_collects)
        {
            TKernel.Run(_depth, x->Start, x->Stride, x->Step, from, step, _c + column->First, _work.BlockRows + row->First, row->Count, column->Count, _mode, lines, copy);
            return;
        }

        nint* cRows = _work.CRows + row->First, cColumns = _work.CColumns + column->First;
        if (column->ResultNeighbours)
        {
            var c = _c + *cColumns;
            var mode = _mode == StoreMode.Stream && !IsWholeLines(c, *row, *column) ? StoreMode.Write : _mode;
            TKernel.Run(_depth, x->Start, x->Stride, x->Step, from, step, c, cRows, row->Count, column->Count, mode, lines, copy);
        }
        else
        {
            TKernel.Run(
                _depth, x->Start, x->Stride, x->Step, from, step, _work.Tile, _work.TileRows, row->Count, column->Count, StoreMode.Write, lines, copy);
            // Runs need not be whole lines.
            TileStore<T, V, S>.Store(_work.Tile, _c, cRows, row->Count, cColumns, column->Count, _mode == StoreMode.Stream ? StoreMode.Write : _mode);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool IsWholeLines(T* c, PanelShape row, PanelShape column) =>
        (nuint)c % LineBytes == 0 && column.Count == column.Width && column.Count * sizeof(T) % LineBytes == 0 && row.ResultByLines;
}
