namespace EinsumNet.Backends.Cpu;

/// <summary>
/// A long sum with a small result cut into stretches of the depth that threads share: each packs its own part of both operands and nothing twice. The cuts
/// depend on the product alone, never on threads, and the stretches' sums are added up in order, so results are the same bits for any number of threads.
/// </summary>
/// <param name="Depth">The depth.</param>
/// <param name="Unit">Stretches are multiples of it, the last one apart.</param>
/// <param name="Count">How many there are; 1 for a product that is not cut.</param>
/// <param name="Rows">Rows of the result.</param>
/// <param name="Stride">Elements between the rows of a stretch's sums.</param>
readonly record struct DepthSplit(long Depth, long Unit, int Count, long Rows, nint Stride)
{
    const int MostStretches = 16;

    /// <summary>Shorter stretches pay too much for adding up.</summary>
    const long LeastStretch = 2048;

    /// <summary>Larger results are better cut themselves.</summary>
    const long MostResult = 1 << 17;

    /// <summary>Depth per row and column from which on packing, which a cut result does twice, weighs as much as this costs.</summary>
    const long LeastRatio = 8;

    internal static DepthSplit For(ContractionShape shape, Blocking blocks, int tileColumns, int elementSize)
    {
        var (rows, columns, depth) = (shape.Rows.Extent, shape.Columns.Extent, shape.Depth.Extent);
        var none = new DepthSplit(depth, depth, 1, rows, 0);
        if (shape.Batch.Extent != 1 || blocks.KeptDepth >= depth || rows == 0 || columns == 0 || rows > MostResult / columns) return none;
        var count = (int)Math.Min(depth / LeastStretch, MostStretches);
        if (count < 2 || depth < LeastRatio * Math.Max(rows, columns)) return none;
        var each = (depth + count - 1) / count;
        var unit = shape.Depth.Patch <= each ? shape.Depth.Patch : blocks.Depth;
        // A line more than whole tiles, so that rows share no set of the cache.
        var stride = (columns + tileColumns - 1) / tileColumns * tileColumns + 64 / elementSize;
        return new DepthSplit(depth, unit, count, rows, (nint)stride);
    }

    /// <summary>The numbered stretch.</summary>
    internal TaskRange this[int stretch]
    {
        get
        {
            var (start, end) = (Cut(stretch), Cut(stretch + 1));
            return new TaskRange(start, end - start);
        }
    }

    /// <summary>Elements of one stretch's sums.</summary>
    internal nint Block => (nint)Rows * Stride;

    /// <summary>Bytes for all stretches' sums and the result's offsets of rows and columns.</summary>
    internal nint Bytes(int elementSize) => Count * Block * elementSize + ((nint)Rows + Stride) * sizeof(long);

    long Cut(int stretch) => stretch == Count ? Depth : Depth / Count * stretch / Unit * Unit;
}
