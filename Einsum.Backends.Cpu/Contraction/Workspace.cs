namespace EinsumNet.Backends.Cpu;

/// <summary>One task's memory, carved out of one rented buffer: packed blocks, and the offsets of the block's rows, columns and depth.</summary>
unsafe struct Workspace<T> where T : unmanaged
{
    /// <summary>Batch entries whose offsets are found at once.</summary>
    internal const int BatchStretch = 64;

    const int LineBytes = 64;

    internal T* XBlock, YBlock, CBlock, Tile;
    internal PanelShape* XShapes, YShapes;
    internal Panel<T>* XPanels, YPanels;
    internal nint* XRows, CRows, YColumns, CColumns, XDepth, YDepth, TileRows, BlockRows, Lanes, Lines, YNextColumns, YNextDepth;
    internal nint* XBatch, YBatch, CBatch;

    /// <summary>Lays the parts out from <paramref name="start"/>; the returned end tells from a start of null how many bytes are needed.</summary>
    /// <param name="start">Where to.</param>
    /// <param name="blocks">The blocks.</param>
    /// <param name="depthBlocks">How many blocks of x's depth are kept.</param>
    /// <param name="tileRows">Rows of the largest register tile.</param>
    /// <param name="tileColumns">Columns of the largest register tile.</param>
    /// <param name="work">The parts.</param>
    internal static byte* Lay(byte* start, Blocking blocks, int depthBlocks, int tileRows, int tileColumns, out Workspace<T> work)
    {
        var next = start;
        var rowPanels = (long)blocks.Rows / blocks.TileRows;
        var (columnPanels, padded) = PanelShapes.Bound(blocks.Columns, tileColumns);
        work = new Workspace<T>
        {
            Tile = (T*)Take(ref next, (long)tileRows * tileColumns * sizeof(T)),
            TileRows = (nint*)Take(ref next, tileRows * sizeof(nint)),
            BlockRows = (nint*)Take(ref next, (long)blocks.Rows * sizeof(nint)),
            Lanes = (nint*)Take(ref next, blocks.Collects ? ResultBlock<T>.MostLanes * sizeof(nint) : 0),
            Lines = (nint*)Take(ref next, (long)blocks.Depth * sizeof(nint)),
            XBatch = (nint*)Take(ref next, BatchStretch * sizeof(nint)),
            YBatch = (nint*)Take(ref next, BatchStretch * sizeof(nint)),
            CBatch = (nint*)Take(ref next, BatchStretch * sizeof(nint)),
            XRows = (nint*)Take(ref next, (long)blocks.Rows * sizeof(nint)),
            CRows = (nint*)Take(ref next, (long)blocks.Rows * sizeof(nint)),
            YColumns = (nint*)Take(ref next, (long)blocks.Columns * sizeof(nint)),
            CColumns = (nint*)Take(ref next, (long)blocks.Columns * sizeof(nint)),
            XDepth = (nint*)Take(ref next, (long)blocks.Depth * sizeof(nint)),
            YDepth = (nint*)Take(ref next, (long)blocks.Depth * sizeof(nint)),
            YNextColumns = (nint*)Take(ref next, (long)blocks.Columns * sizeof(nint)),
            YNextDepth = (nint*)Take(ref next, (long)blocks.Depth * sizeof(nint)),
            XShapes = (PanelShape*)Take(ref next, rowPanels * sizeof(PanelShape)),
            YShapes = (PanelShape*)Take(ref next, columnPanels * sizeof(PanelShape)),
            XPanels = (Panel<T>*)Take(ref next, rowPanels * depthBlocks * sizeof(Panel<T>)),
            YPanels = (Panel<T>*)Take(ref next, columnPanels * sizeof(Panel<T>)),
            XBlock = (T*)Take(ref next, rowPanels * (tileRows * blocks.Depth * sizeof(T) + LineBytes) * depthBlocks),
            YBlock = (T*)Take(ref next, blocks.Collects ? (long)tileColumns * blocks.Depth * sizeof(T) + LineBytes : padded * blocks.Depth * sizeof(T) + columnPanels * LineBytes),
            CBlock = (T*)Take(ref next, blocks.Collects ? (long)blocks.Rows * blocks.CStride * sizeof(T) : 0),
        };
        return next;
    }

    static byte* Take(ref byte* next, long bytes)
    {
        var start = next;
        next += (bytes + LineBytes - 1) / LineBytes * LineBytes;
        return start;
    }
}
