namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>out[b, i, j] = sum over p of x[b, i, p] * y[b, p, j]</c> with small matrices: j is the free loop along which the result has its neighbours, i the
/// longest free loop of the other operand, or the one next to j in the result, and all further loops that are not contracted count as batch.
/// </summary>
/// <param name="Rows">The loop i; null for a vector times a matrix.</param>
/// <param name="Blocked">The loop that is cut into blocks, of which the kernel does one per call: a batch loop, or i or j; null for none.</param>
sealed record DirectShape(int X, Loop? Rows, Loop Columns, Loop[] Depth, Loop? Blocked, long Block)
{
    /// <summary>
    /// Wider matrices are better packed, and so are sums that are longer and more than <see cref="MostBytes"/>: up to these, packing and lists of offsets take longer than what is multiplied
    /// (depths of 150 to 4000 took 0.3 to 0.95 of the time in place, the less the fewer rows and columns there are; Zen 5).
    /// </summary>
    const long MostDepth = 128, MostWidth = 128, MostBytes = 512 << 10;

    /// <summary>The rows of a tile.</summary>
    const long FewRows = 8;

    /// <summary>Multiply-adds that had better be shared by two threads.</summary>
    const long MostAlone = 1 << 20;

    /// <summary>Multiply-adds of a block of rows, whose number is a multiple of those of the tallest tile; fewer are not cut. And of a block of entries whose sums are long.</summary>
    const long BlockWork = 1 << 17, TileRows = 16;

    /// <summary>
    /// Rows of a block, and how many blocks are left for threads: blocks that pack y anew, or write past the caches, take less time the larger they are (64 rows of 88 x 88 floats 1.2 of that of 512, 32 rows
    /// of 40 x 90 floats 1.16).
    /// </summary>
    const long LeastPackedRows = 64, MostRows = 512, LeastBlocks = 64;

    /// <summary>Blocks of a batch whose matrices need several register tiles stay in L1 from one tile to the next, or in L2 where they are copied; from memory, entries are read one after the other.</summary>
    const long BlockBytes = 16 << 10, CopiedBytes = 48 << 10, FarBytes = 4 << 10;

    const long LineBytes = 64;

    /// <summary>Rows or columns of more than one loop.</summary>
    const long MostSplit = 64;

    /// <summary>An operand that is read again for each iteration of further free loops of the other.</summary>
    const long RereadBytes = 16 << 10;

    /// <summary>
    /// The same beside matrices of a batch that fill few vectors: packed they take 1.1 to 3.4 times as long, but with a larger shared matrix, from memory, 0.8 (12 to 48 rows and columns; Emerald Rapids).
    /// </summary>
    const long SharedBytes = 8 << 10;

    const long MostEntries = 1024;

    /// <summary>The operand whose free loops are the columns.</summary>
    internal int Y => 1 - X;

    internal long RowCount => Rows?.Extent ?? 1;

    internal long DepthCount
    {
        get
        {
            var product = 1L;
            foreach (var loop in Depth) product *= loop.Extent;
            return product;
        }
    }

    /// <summary>Whether blocks are entries of a batch.</summary>
    bool IsBatched => Blocked is not null && !ReferenceEquals(Blocked, Rows) && !ReferenceEquals(Blocked, Columns);

    /// <summary>Whether y is copied for each entry, so that vectors run along its columns and its rows don't put each other out of the cache.</summary>
    internal bool PacksY(KernelPlan plan)
    {
        if (Depth.Length > 1 || Columns.Strides[Y] != 1) return true;
        // Rows one behind the other, of which a block has all, use all sets alike.
        return !(Depth[0].Strides[Y] == Columns.Extent && Columns.Extent <= MostWidth) && RowCount > FewRows && Collide(plan, Depth[0].Strides[Y], DepthCount);
    }

    /// <summary>Whether x is copied for each entry, for the same reasons.</summary>
    internal bool PacksX(KernelPlan plan) =>
        Depth.Length > 1 || (Rows is not null && Depth[0].Strides[X] == 1 && IsBatched && Collide(plan, Rows.Strides[X], RowCount));

    static bool Collide(KernelPlan plan, long stride, long count) => Lines.Collide(stride * plan.Element.Size(), count);

    /// <summary>
    /// How many entries ahead operands are brought near: where a batch comes from memory and an entry is several lines, which hardware takes for the
    /// beginning of another stream; early enough for memory to answer, yet no more than half of L1 takes. Rows of y that are <paramref name="isPart"/> of a vector are loaded under a mask,
    /// for which a core waits where they are missing: asked for, 300,000 of 5 x 5 floats, 150,000 of 7 x 7 and 100,000 of 12 x 12 take half of the time (Zen 5).
    /// </summary>
    internal nint Ahead(KernelPlan plan, LastCache cache, bool isPart)
    {
        const int most = 3, leastBytes = 1 << 10, mostBytes = 32 << 10;
        if (!IsBatched || PacksX(plan) || PacksY(plan)) return 0;
        var operands = (RowCount + Columns.Extent) * DepthCount * plan.Element.Size();
        var all = (operands + RowCount * Columns.Extent * plan.Element.Size()) * (double)Blocked!.Extent;
        return (isPart || operands >= leastBytes) && operands <= mostBytes && !cache.Holds(2 * all) ? (nint)Math.Clamp(CacheSizes.Machine.L1 / 2 / operands, 1, most) : 0;
    }

    /// <summary>Whether rows of x, each several lines in a row, and of the result come from memory, which is asked for them early.</summary>
    internal bool ComesFromMemory(KernelPlan plan, LastCache cache) =>
        Depth is [{ } depth] && depth.Strides[X] == 1 && DepthCount * plan.Element.Size() >= 2 * LineBytes && !PacksX(plan) && !cache.Holds(plan.Footprint());

    /// <summary>Whether lines of the result are asked for before a tile is made: L1 has not nearly room for all, and a row is not one tile of whole lines, which the hardware foresees.</summary>
    internal bool AsksForResult(KernelPlan plan)
    {
        var width = Columns.Extent * plan.Element.Size();
        return RowCount * width > 2 * CacheSizes.Machine.L1 && (width > 2 * LineBytes || width % LineBytes != 0);
    }

    /// <summary>
    /// Of the last cache, matrices that are all read once leave results about this share, if vectors are whole lines: 10,000 products of 16 x 16 floats, 31 MB, take 0.8 of the time past 32 MB of it, in vectors of half a
    /// line 1.3; 100,000 rows by one matrix of 16 x 16 doubles, 26 MB, take 1.2 (Zen 5).
    /// </summary>
    const double BatchShare = 0.75;

    /// <summary>Whether the result had better be written past the caches, a line in one store, <paramref name="byLine"/>, or more: it would not stay there, and its rows are whole lines.</summary>
    internal bool Streams(KernelPlan plan, LastCache cache, bool byLine) =>
        Columns.Extent * plan.Element.Size() % LineBytes == 0
        && plan.Loops.All(loop => ReferenceEquals(loop, Columns) || loop.ResultStride * plan.Element.Size() % LineBytes == 0)
        && !cache.Holds(plan.Footprint() / (byLine && IsBatched && Blocked!.Strides[Y] != 0 ? BatchShare : 1));

    /// <summary>
    /// Whether rows of the result, which lie one behind the other, but are no whole lines each, are put together, some at a time, and written past the caches: 500,000 rows by one matrix of 20 x 50 floats
    /// take 0.78 of the time, with vectors of half a line 1.08 (Emerald Rapids).
    /// </summary>
    internal bool StreamsStrips(KernelPlan plan, LastCache cache)
    {
        var width = Columns.Extent * plan.Element.Size();
        return Blocked is not null && ReferenceEquals(Blocked, Rows) && Rows.ResultStride == Columns.Extent && width > 2 * LineBytes && width % LineBytes != 0 && !cache.Holds(plan.Footprint());
    }

    /// <summary>The same shape with blocks for operands that come from where these do.</summary>
    internal DirectShape For(KernelPlan plan, LastCache cache)
    {
        var entry = EntryBytes(plan);
        return IsBatched && Block > 1 && Block < MostEntries && Block * entry <= BlockBytes && !cache.Holds(2 * plan.Footprint()) ? this with { Block = Math.Max(FarBytes / entry, 1) } : this;
    }

    long EntryBytes(KernelPlan plan) => (RowCount * Columns.Extent + (RowCount + Columns.Extent) * DepthCount) * plan.Element.Size();

    /// <summary>The loops around blocks.</summary>
    internal List<Loop> Rest(KernelPlan plan)
    {
        var rest = new List<Loop>();
        foreach (var loop in plan.Loops)
            if (loop.Role != LoopRole.Contracted && !ReferenceEquals(loop, Rows) && !ReferenceEquals(loop, Columns) && !ReferenceEquals(loop, Blocked)) rest.Add(loop);
        return rest;
    }

    /// <summary>The plan's shape, or null where its matrices are not small or not stored so that vectors can be.</summary>
    internal static DirectShape? Of(KernelPlan plan)
    {
        if (plan.Kind is not (KernelKind.Contraction or KernelKind.MatrixVector) || plan.HasEmptyLoop || ColumnsOf(plan) is not { } columns) return null;
        var x = columns.Role == LoopRole.Left ? 1 : 0;
        var rowRole = x == 0 ? LoopRole.Left : LoopRole.Right;
        var shape = new DirectShape(x, plan.Longest(rowRole), columns, plan.LoopsOf(LoopRole.Contracted), null, 1);
        if (shape.RowsOfBlocks(plan, rowRole) is { } next) return (shape with { Rows = next }).Cut(plan);
        return shape.IsSmall(plan, rowRole) ? shape.Cut(plan) : null;
    }

    static Loop? ColumnsOf(KernelPlan plan)
    {
        foreach (var loop in plan.Loops)
            if (loop.Role is LoopRole.Left or LoopRole.Right && loop.ResultStride == 1) return loop;
        return null;
    }

    /// <summary>Whether the matrices take one tile, of two of the longest vectors.</summary>
    bool IsReadOnce(KernelPlan plan) => RowCount <= FewRows && Columns.Extent * plan.Element.Size() <= (Simd128<byte>.HasManyRegisters ? 128 : 64);

    bool IsSmall(KernelPlan plan, LoopRole rowRole)
    {
        if (Rows is null && PacksY(plan)) return false;
        var (rows, columns) = (plan.Extent(rowRole), plan.Extent(Columns.Role));
        if (DepthCount > MostDepth) return rows == RowCount && columns == Columns.Extent && IsBetterInPlace(plan);
        // Further free loops re-read the other operand for each of their iterations, which only L1 bears.
        if (rows > RowCount || columns > Columns.Extent)
            return (rows <= MostSplit && columns <= MostSplit)
                || (Columns.Strides[Y] == 1 && rows == RowCount && (Columns.Extent < MostSplit ? IsReread(rows, SharedBytes) : rows <= MostSplit || IsReread(rows, RereadBytes)))
                || (Columns.Strides[Y] == 1 && columns == Columns.Extent && columns * plan.Element.Size() >= LineBytes && RowCount >= FewRows && IsReread(columns, RereadBytes));
        if (Depth.Length > 1 && RowCount > MostWidth) return false;
        return Columns.Extent <= MostWidth || (RowCount <= MostWidth && Columns.Strides[Y] == 1);

        bool IsReread(long free, long bytes) => Depth.Length == 1 && free * DepthCount * plan.Element.Size() <= bytes;
    }

    /// <summary>
    /// The rows that lie one behind the other in the result, where sums are short, blocks of y are neighbours, and there are further loops: blocks of the result are made one after the other, whatever these
    /// are; null where that is not better.
    /// </summary>
    Loop? RowsOfBlocks(KernelPlan plan, LoopRole rowRole)
    {
        if (Depth is not [var depth] || Columns.Strides[Y] != 1 || depth.Strides[Y] != Columns.Extent || plan.Loops.Length <= 3 || !IsOfShortSums(plan)) return null;
        var rows = plan.LoopsOf(rowRole).FirstOrDefault(loop => loop.ResultStride == Columns.Extent);
        return rows is not null && IsBlock(rows.Extent, Columns.Extent, depth.Extent, plan.Element.Size()) ? rows : null;
    }

    /// <summary>Whether sums are short and the result is so many times as much as both operands that writing it takes longer than reading, or copying, them.</summary>
    internal static bool IsOfShortSums(KernelPlan plan)
    {
        const long longest = 64, least = 4;
        return plan.Extent(LoopRole.Contracted) <= longest && least * (TurnedShape.Elements(plan, 0) + TurnedShape.Elements(plan, 1)) <= TurnedShape.Elements(plan, 2);
    }

    /// <summary>
    /// Whether a block of the result is one that had better be made by itself. Smaller ones, or of columns that leave most of a vector empty, take longer than what is saved, but for the shortest sums; low
    /// ones of long rows are written in order by register tiles as well (Zen 5).
    /// </summary>
    internal static bool IsBlock(long rows, long columns, long depth, int elementSize)
    {
        const long leastSide = 4, leastElements = 64, mostDepth = 3, fewRows = 16, longBytes = 192;
        return Math.Min(rows, columns) >= leastSide && columns <= MostWidth && rows * columns >= leastElements && depth <= mostDepth * columns && (rows >= fewRows || columns * elementSize < longBytes);
    }

    /// <summary>
    /// Of sums that are long, but not so long that threads share them (<see cref="SplitSumFamily"/>, <see cref="DepthSplit"/>): those of matrices that take one tile, or fill a part of L2 and few tiles.
    /// </summary>
    bool IsBetterInPlace(KernelPlan plan)
    {
        if (Depth.Length > 1 || Columns.Strides[Y] != 1) return false;
        if (Rows is null) return IsReadOnce(plan) && plan.Iterations < SplitSumFamily.LeastIterations;
        if (DepthCount >= SplitSumFamily.LeastDepth) return false;
        var width = RowCount <= FewRows ? 2 * MostWidth : MostWidth;
        if (!IsReadOnce(plan) && (RowCount > MostWidth || Columns.Extent > width || (RowCount + Columns.Extent) * DepthCount * plan.Element.Size() > MostBytes)) return false;
        // One block is one thread's.
        return Cut(plan).Blocked is not null || plan.Iterations < MostAlone;
    }

    DirectShape Cut(KernelPlan plan)
    {
        var size = plan.Element.Size();
        var work = RowCount * Columns.Extent * DepthCount;
        var rows = Math.Max(BlockWork / (Columns.Extent * DepthCount) / TileRows * TileRows, Math.Clamp(RowCount / LeastBlocks / TileRows * TileRows, PacksY(plan) ? LeastPackedRows : TileRows, MostRows));
        if (work > BlockWork && RowCount > rows && Columns.Extent <= MostWidth) return this with { Blocked = Rows, Block = rows };
        var width = DepthCount > MostDepth ? MostWidth / 2 : MostWidth;
        if (work > BlockWork && Columns.Extent > width) return this with { Blocked = Columns, Block = width };
        var batch = Rest(plan).MinBy(loop => loop.Strides.Sum());
        if (batch is null) return this;
        // With one tile per entry nothing is read again.
        var oneTile = Simd128<byte>.HasManyRegisters ? RowCount is <= 8 or 16 : Columns.Extent * size <= 32 ? RowCount <= 8 : RowCount <= 6;
        var isOneTile = oneTile && Columns.Extent * size <= 64 && !PacksY(plan);
        var shape = this with { Blocked = batch };
        return shape with { Block = Math.Clamp(isOneTile ? DepthCount > MostDepth ? BlockWork / work : MostEntries : (shape.PacksX(plan) ? CopiedBytes : BlockBytes) / EntryBytes(plan), 1, MostEntries) };
    }
}
