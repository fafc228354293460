namespace EinsumNet.Backends.Cpu;

/// <summary>
/// One task's part of a product, block by block:
/// <code>
/// for each batch entry, block of columns, block of depth:  prepare panels of y
///   for each block of rows:                                prepare panels of x, multiply the blocks
/// </code>
/// </summary>
readonly unsafe ref struct BlockedProduct<T, V, S, TKernel>
    where T : unmanaged where V : struct where S : struct, ISimd<T, V> where TKernel : struct, IMicroKernel<T>
{
    const int Result = 2;

    readonly ContractionShape _shape;
    readonly TaskPart _part;
    readonly Blocking _blocks;
    readonly Workspace<T> _work;
    readonly CancellationToken _cancellation;

    int RowTiles => (int)Math.Min((_part.Rows.Count + TKernel.Rows - 1) / TKernel.Rows, int.MaxValue);

    internal BlockedProduct(ContractionShape shape, TaskPart part, Blocking blocks, in Workspace<T> work, CancellationToken cancellation)
    {
        (_shape, _part, _blocks, _work, _cancellation) = (shape, part, blocks, work, cancellation);
        for (var i = 0; i < TKernel.Rows; i++) work.TileRows[i] = i * TKernel.Columns;
    }

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
    void Entry(T* x, T* y, T* c, bool first)
    {
        for (long column = 0; column < _part.Columns.Count; column += _blocks.Columns)
        {
            var columns = (int)Math.Min(_blocks.Columns, _part.Columns.Count - column);
            if (first || columns < _part.Columns.Count)
            {
                _shape.Columns.Offsets(_shape.Y, _part.Columns.Start + column, columns, _work.YColumns);
                _shape.Columns.Offsets(Result, _part.Columns.Start + column, columns, _work.CColumns);
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

                Panels<T>.OfColumns<TKernel>(y, _work.YColumns, columns, _work.YDepth, depth, RowTiles, _work.YBlock, _work.YPanels);
                AllRows(x, c, columns, depth, start > 0, first && column == 0 && start == 0);
                start += depth;
            }
            while (start < _shape.Depth.Extent);
        }
    }

    void AllRows(T* x, T* c, int columns, int depth, bool accumulate, bool first)
    {
        for (long row = 0; row < _part.Rows.Count; row += _blocks.Rows)
        {
            _cancellation.ThrowIfCancellationRequested();
            var rows = (int)Math.Min(_blocks.Rows, _part.Rows.Count - row);
            if (first || rows < _part.Rows.Count)
            {
                _shape.Rows.Offsets(_shape.X, _part.Rows.Start + row, rows, _work.XRows);
                _shape.Rows.Offsets(Result, _part.Rows.Start + row, rows, _work.CRows);
            }

            var columnTiles = (columns + TKernel.Columns - 1) / TKernel.Columns;
            Panels<T>.OfRows<TKernel>(x, _work.XRows, rows, _work.XDepth, depth, columnTiles, _work.XBlock, _work.XPanels);
            MacroKernel<T, V, S, TKernel>.Run(_work, rows, columns, depth, c, accumulate);
        }
    }
}
