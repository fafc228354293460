using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// One task's part of a product, block by block; what is kept of x (<see cref="Blocking.KeepsX"/>) is prepared for the first block of columns alone:
/// <code>
/// for each batch entry, block of columns, block of depth:  prepare panels of y
///   for each block of rows:                                prepare panels of x, multiply the blocks
/// </code>
/// </summary>
unsafe ref struct BlockedProduct<T, V, S, TKernel>
    where T : unmanaged where V : struct where S : struct, ISimd<T, V> where TKernel : struct, IMicroKernel<T>
{
    const int Result = ContractionShape.Result;

    readonly ContractionShape _shape;
    readonly TaskPart _part;
    readonly Blocking _blocks;
    readonly Workspace<T> _work;
    readonly CancellationToken _cancellation;
    int _rowPanels, _columnPanels;

    internal BlockedProduct(ContractionShape shape, TaskPart part, Blocking blocks, in Workspace<T> work, CancellationToken cancellation)
    {
        (_shape, _part, _blocks, _work, _cancellation) = (shape, part, blocks, work, cancellation);
        for (var i = 0; i < TKernel.Rows; i++) work.TileRows[i] = i * TKernel.Columns;
    }

    long RowTiles => (_part.Rows.Count + _blocks.TileRows - 1) / _blocks.TileRows;

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
                Entry(x + _work.XBatch[entry], y + _work.YBatch[entry], c + _work.CBatch[entry], first: done + entry == 0);
        }
    }

    /// <summary>Offsets of blocks that are the only one of their kind stand from the <paramref name="first"/> entry on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Entry(T* x, T* y, T* c, bool first)
    {
        int columns;
        for (long column = 0; column < _part.Columns.Count; column += columns)
        {
            columns = _shape.Columns.Cut(_part.Columns.Start + column, _part.Columns.Start + _part.Columns.Count, _blocks.Columns);
            if (first || columns < _part.Columns.Count)
            {
                _shape.Columns.Offsets(_shape.Y, _part.Columns.Start + column, columns, _work.YColumns);
                _shape.Columns.Offsets(Result, _part.Columns.Start + column, columns, _work.CColumns);
                _columnPanels = PanelShapes.OfColumns<T, TKernel>(_work.YColumns, _work.CColumns, columns, _shape.Columns.HasNeighbours(_shape.Y), _work.YShapes);
            }

            // At least once: the sum over no depth is 0.
            long start = 0;
            do
            {
                var depth = (int)Math.Min(_blocks.Depth, _shape.Depth.Extent - start);
                if ((first && column == 0) || depth < _shape.Depth.Extent)
                {
                    _shape.Depth.Offsets(_shape.X, start, depth, _work.XDepth);
                    _shape.Depth.Offsets(_shape.Y, start, depth, _work.YDepth);
                }

                Panels<T>.OfColumns(_work.YColumns, _work.YShapes, _columnPanels, _work.YDepth, depth, RowTiles, y, _work.YBlock, _work.YPanels);
                AllRows(x, c, start, depth, first && column == 0 && start == 0, isNew: column == 0);
                start += depth;
            }
            while (start < _shape.Depth.Extent);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void AllRows(T* x, T* c, long start, int depth, bool first, bool isNew)
    {
        for (long row = 0; row < _part.Rows.Count; row += _blocks.Rows)
        {
            _cancellation.ThrowIfCancellationRequested();
            var rows = (int)Math.Min(_blocks.Rows, _part.Rows.Count - row);
            if (first || rows < _part.Rows.Count)
            {
                _shape.Rows.Offsets(_shape.X, _part.Rows.Start + row, rows, _work.XRows);
                _shape.Rows.Offsets(Result, _part.Rows.Start + row, rows, _work.CRows);
                _rowPanels = PanelShapes.OfRows<T, TKernel>(_work.XRows, _work.CRows, rows, _blocks.TileRows, _shape.Rows.HasNeighbours(_shape.X), _work.XShapes);
            }

            // Kept blocks of depth stand one behind the other.
            var panels = _work.XPanels;
            var block = _work.XBlock;
            if (_blocks.KeepsX)
            {
                panels += start / _blocks.Depth * _rowPanels;
                block += (start * TKernel.Rows + start / _blocks.Depth * PanelShapes.Padding<T>()) * _rowPanels;
            }

            if (isNew || !_blocks.KeepsX)
                Panels<T>.OfRows(_work.XRows, _work.XShapes, _rowPanels, _work.XDepth, depth, ColumnTiles, x, block, panels);
            Multiply(panels, c, depth, start > 0 ? StoreMode.Add : _blocks.Streams ? StoreMode.Stream : StoreMode.Write);
        }
    }

    readonly void Multiply(Panel<T>* x, T* c, int depth, StoreMode mode)
    {
        var kernel = new MacroKernel<T, V, S, TKernel>(_work, x, c, depth, mode);
        if (_blocks.RunsByRows) kernel.RunByRows(_rowPanels, _columnPanels);
        else kernel.RunByColumns(_rowPanels, _columnPanels);
    }
}
