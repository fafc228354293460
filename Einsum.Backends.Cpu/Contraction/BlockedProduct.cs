using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// One task's part of a product, block by block; what is kept of x (<see cref="Blocking.KeptDepth"/>) is prepared for the first block of columns alone:
/// <code>
/// for each batch entry, kept depth, block of columns, block of depth:  prepare panels of y
///   for each block of rows:                                            prepare panels of x, multiply the blocks
/// </code>
/// Where y is used once, its panels are prepared by turns, each when it is multiplied, and all lie in one place.
/// </summary>
unsafe ref struct BlockedProduct<T, V, S, TKernel>
    where T : unmanaged where V : struct where S : struct, ISimd<T, V> where TKernel : struct, IMicroKernel<T>
{
    const int Result = ContractionShape.Result;

    /// <summary>Panels read in place from L2 by fewer tiles come as fast as it gives them anyway.</summary>
    const int LeastTiles = 4;

    /// <summary>As many lines of y as a block has beside a kept x.</summary>
    const int MostLines = (int)Blocking.MaxKeptColumnBytes / 64;

    readonly ContractionShape _shape;
    readonly TaskPart _part;
    readonly Blocking _blocks;
    readonly Workspace<T> _work;
    readonly CancellationToken _cancellation;
    readonly T* _block;
    readonly nint _blockStride;
    readonly bool _isFar;
    readonly BlockSource<T> _sourceX, _sourceY;
    readonly ToldParts _told;
    long _entry, _start, _end;
    int _rowPanels, _columnPanels, _columns;
    bool _areNeighbours, _byPanels;
    T* _next;
    LinesAhead<T> _ahead;

    /// <param name="shape">The whole product.</param>
    /// <param name="part">What of it to compute.</param>
    /// <param name="blocks">Its blocks.</param>
    /// <param name="work">Memory to work in.</param>
    /// <param name="partial">Where the sums go that are only parts of the result's, in the shape's order of rows and columns; null where they are the result.</param>
    /// <param name="partialStride">Elements between its rows.</param>
    /// <param name="sourceX">Where x comes from.</param>
    /// <param name="sourceY">Where y comes from.</param>
    /// <param name="told">Who goes on with a block of the result.</param>
    /// <param name="cancellation">Looked at before each block.</param>
    internal BlockedProduct(
        ContractionShape shape, TaskPart part, Blocking blocks, in Workspace<T> work, T* partial, nint partialStride,
        in BlockSource<T> sourceX, in BlockSource<T> sourceY, ToldParts told, CancellationToken cancellation)
    {
        (_shape, _part, _blocks, _work, _sourceX, _sourceY, _told, _cancellation) = (shape, part, blocks, work, sourceX, sourceY, told, cancellation);
        for (var i = 0; i < TKernel.Rows; i++) work.TileRows[i] = i * TKernel.Columns;
        _block = blocks.Collects ? work.CBlock : partial;
        _blockStride = blocks.Collects ? blocks.CStride : partialStride;
        _isFar = RowTiles >= LeastTiles || blocks.IsYFar;
        if (_block is null) return;
        for (var i = 0; i < blocks.Rows; i++) work.BlockRows[i] = i * _blockStride;
    }

    readonly long RowTiles => (_part.Rows.Count + _blocks.TileRows - 1) / _blocks.TileRows;

    /// <summary>Whether blocks of y are used once, and read across the depth: their lines are brought near before they are worked on.</summary>
    readonly bool ReadsOnce => _sourceY.IsMemory && (_blocks.Collects || (_blocks.KeepsX && !_shape.Depth.HasNeighbours(_shape.Y)));

    /// <summary>Whether a whole block of y is asked for while the one before is multiplied: its panels stay in place, or are packed several at once.</summary>
    readonly bool AsksForBlock => Sse.IsSupported && ReadsOnce && !_byPanels;

    long ColumnTiles => (_part.Columns.Count + TKernel.Columns - 1) / TKernel.Columns;

    internal void Run(T* x, T* y, T* c)
    {
        for (long done = 0; done < _part.Batch.Count; done += Workspace<T>.BatchStretch)
        {
            var (start, count) = (_part.Batch.Start + done, (int)Math.Min(Workspace<T>.BatchStretch, _part.Batch.Count - done));
            _shape.Batch.Offsets(_shape.X, start, count, _work.XBatch);
            _shape.Batch.Offsets(_shape.Y, start, count, _work.YBatch);
            _shape.Batch.Offsets(Result, start, count, _work.CBatch);
            for (var entry = 0; entry < count; entry++)
            {
                _entry = start + entry;
                _next = entry + 1 < count && _work.YBatch[entry + 1] != _work.YBatch[entry] ? y + _work.YBatch[entry + 1] : null;
                for (_start = _part.Depth.Start; ; _start = _end)
                {
                    _end = _blocks.KeepsX ? Math.Min(_start + _blocks.KeptDepth, _part.Depth.End) : _part.Depth.End;
                    Entry(x + _work.XBatch[entry], y + _work.YBatch[entry], c + _work.CBatch[entry], first: done + entry == 0 && _start == _part.Depth.Start);
                    if (_end == _part.Depth.End) break;
                }
            }
        }
    }

    /// <summary>The depth from start to end. Offsets of blocks that are the only one of their kind stand from the <paramref name="first"/> entry on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Entry(T* x, T* y, T* c, bool first)
    {
        int columns;
        for (long column = 0; column < _part.Columns.Count; column += columns)
        {
            columns = _columns = _shape.Columns.Cut(_part.Columns.Start + column, _part.Columns.Start + _part.Columns.Count, _blocks.Columns);
            if (first || columns < _part.Columns.Count)
            {
                _sourceY.Entries(_shape.Columns, _shape.Y, _part.Columns.Start + column, columns, _work.YColumns);
                _shape.Columns.Offsets(Result, _part.Columns.Start + column, columns, _work.CColumns);
                _columnPanels = _blocks.Collects ? PanelShapes.OfCollected<T, TKernel>(_work.YColumns, columns, _work.YShapes) : PanelShapes.OfColumns<T, TKernel>(_work.YColumns, _work.CColumns, columns, _blocks.Depth, _sourceY.IsMemory && _shape.Columns.HasNeighbours(_shape.Y), _work.YShapes);
                _areNeighbours = PanelShapes.AreNeighbours(_work.YShapes, _columnPanels);
            }

            // At least once: the sum over no depth is 0.
            var start = _start;
            do
            {
                var depth = DepthFrom(start);
                if ((first && column == 0) || depth < _part.Depth.Count)
                {
                    _sourceX.Depth(_shape.Depth, _shape.X, start, depth, _work.XDepth);
                    _sourceY.Depth(_shape.Depth, _shape.Y, start, depth, _work.YDepth);
                }

                _byPanels = _blocks.Collects || (ReadsOnce && _areNeighbours && _part.Rows.Count <= _blocks.Rows && !Panels<T>.MayStay(_work.YDepth, depth, RowTiles, packsInTiles: true));
                if (_sourceY.IsMemory) Panels<T>.OfColumns(_work.YColumns, _work.YShapes, _columnPanels, _work.YDepth, depth, RowTiles, ReadsOnce, _byPanels, y, _work.YBlock, _work.YPanels);
                else _sourceY.Pack(_entry, _part.Columns.Start + column, _work.YColumns, _work.YShapes, _columnPanels, start, _work.YDepth, depth, _work.YBlock, _work.YPanels);
                _ahead = Ahead(column, columns, start, depth, y);
                AllRows(x, y, c, column, start, depth, first && column == 0 && start == _part.Depth.Start);
                start += depth;
            }
            while (start < _end);
            if (!_blocks.Collects) continue;
            ResultBlock<T>.Move(_work.CBlock, _blocks.CStride, c, _work.CRows, (int)_part.Rows.Count, _work.CColumns, columns, _blocks.Streams, _work.Lanes);
            Tell(0, _part.Rows.Count, column, columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void AllRows(T* x, T* y, T* c, long column, long start, int depth, bool first)
    {
        for (long row = 0; row < _part.Rows.Count; row += _blocks.Rows)
        {
            _cancellation.ThrowIfCancellationRequested();
            var rows = (int)Math.Min(_blocks.Rows, _part.Rows.Count - row);
            if (first || rows < _part.Rows.Count)
            {
                _sourceX.Entries(_shape.Rows, _shape.X, _part.Rows.Start + row, rows, _work.XRows);
                _shape.Rows.Offsets(Result, _part.Rows.Start + row, rows, _work.CRows);
                _rowPanels = PanelShapes.OfRows<T, TKernel>(_work.XRows, _work.CRows, rows, _blocks.TileRows, _sourceX.IsMemory && _shape.Rows.HasNeighbours(_shape.X), _work.XShapes);
            }

            // Kept blocks of depth stand one behind the other.
            var panels = _work.XPanels;
            var block = _work.XBlock;
            if (_blocks.KeepsX)
            {
                panels += (start - _start) / _blocks.Depth * _rowPanels;
                block += ((start - _start) * TKernel.Rows + (start - _start) / _blocks.Depth * PanelShapes.Padding<T>()) * _rowPanels;
            }

            if (column == 0 || !_blocks.KeepsX)
            {
                if (_sourceX.IsMemory) Panels<T>.OfRows(_work.XRows, _work.XShapes, _rowPanels, _work.XDepth, depth, ColumnTiles, TKernel.Columns, _blocks.IsXFar, x, block, panels);
                else _sourceX.Pack(_entry, _part.Rows.Start + row, _work.XRows, _work.XShapes, _rowPanels, start, _work.XDepth, depth, block, panels);
            }

            var isMore = start > _part.Depth.Start;
            var to = _block is null ? c : _block + (nint)row * _blockStride + (_blocks.Collects ? 0 : (nint)column);
            var kernel = new MacroKernel<T, V, S, TKernel>(_work, panels, to, depth, isMore ? StoreMode.Add : _blocks.Streams && _block is null ? StoreMode.Stream : StoreMode.Write, _block is not null, ref _ahead);
            if (_byPanels) kernel.RunByPanels(_rowPanels, _columnPanels, y, After(column, start, depth, y));
            else if (_blocks.RunsByRows && _ahead.IsEmpty) kernel.RunByRows(_rowPanels, _columnPanels);
            else kernel.RunByColumns(_rowPanels, _columnPanels);
            if (start + depth == _part.Depth.End && !_blocks.Collects) Tell(row, rows, column, _columns);
        }
    }

    /// <summary>Says that a block of the result is done, while it is in the caches.</summary>
    readonly void Tell(long row, long rows, long column, long columns)
    {
        if (!_told.IsNone) _told.Tell(new TaskRange(_entry, 1), new TaskRange(_part.Rows.Start + row, rows), new TaskRange(_part.Columns.Start + column, columns));
    }

    /// <summary>The block of depth that begins there, whoever computes it; kept blocks are all of one length.</summary>
    readonly int DepthFrom(long start) => _blocks.KeepsX
        ? (int)Math.Min(_blocks.Depth, _part.Depth.End - start)
        : _shape.Depth.Cut(start, _part.Depth.End, _blocks.Depth);

    /// <summary>Where the block after this one begins, if there is any, of this batch entry or of the next one: its first column and depth, and y's entry.</summary>
    readonly bool HasNext(long column, int columns, long start, int depth, ref T* y, out long nextColumn, out long nextStart)
    {
        (nextColumn, nextStart) = (column, start + depth);
        if (nextStart < _end) return true;
        (nextColumn, nextStart) = (column + columns, _start);
        if (nextColumn < _part.Columns.Count) return true;
        (nextColumn, nextStart) = (0, _end);
        if (_end < _part.Depth.End) return true;
        nextStart = _part.Depth.Start;
        y = _next;
        return y is not null;
    }

    /// <summary>The first panel of the block after this one.</summary>
    readonly NextPanel<T> After(long column, long start, int depth, T* y)
    {
        if (!HasNext(column, _columns, start, depth, ref y, out var nextColumn, out var nextStart)) return default;
        var line = Lines.Bytes / sizeof(T);
        var steps = _work.YDepth;
        if (nextStart != start)
        {
            steps = _work.YNextDepth;
            depth = DepthFrom(nextStart);
            _shape.Depth.Offsets(_shape.Y, nextStart, depth, steps);
        }

        // Most panels' columns are neighbours.
        var last = (nint)Math.Min(TKernel.Columns, _part.Columns.Count - nextColumn) - 1;
        return new NextPanel<T>(y + _shape.Columns.Offset(_shape.Y, _part.Columns.Start + nextColumn), Math.Min(line, last), last, steps, depth, Offsets.AreMultiples(steps, depth, line));
    }

    /// <summary>The lines of the block after this one.</summary>
    readonly LinesAhead<T> Ahead(long column, int columns, long start, int depth, T* y)
    {
        if (!AsksForBlock || (!_work.YPanels[0].IsPacked && !_isFar) || !HasNext(column, columns, start, depth, ref y, out var from, out var nextStart)) return default;
        var line = Lines.Bytes / sizeof(T);
        var count = (int)Math.Min(columns, _part.Columns.Count - from);
        var columnLines = _shape.Columns.Lines(_shape.Y, _part.Columns.Start + from, count, line, _work.YNextColumns);
        var depthLines = _shape.Depth.Lines(_shape.Y, nextStart, DepthFrom(nextStart), line, _work.YNextDepth);
        var lines = new LinesAhead<T>(y, _work.YNextColumns, columnLines, _work.YNextDepth, depthLines, RowTiles * _columnPanels, MostLines);
        if (!lines.IsEmpty) new Span<nint>(_work.Lines, depth).Fill((nint)_work.Lines);
        return lines;
    }
}
