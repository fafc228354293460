namespace EinsumNet.Backends.Cpu;

/// <summary>Chooses the blocks of a copy, their order, and whether they are written through the caches, past them, or put together first.</summary>
static unsafe class MoveFactory
{
    /// <summary>A block of the operand and one of the result, of so many lines square, share the first cache; fewer where all rows lie in few of its sets.</summary>
    const int SquareLines = 4, CrowdedSquareLines = 2, CrowdedBytes = 1 << 9;

    /// <summary>Written past the caches, two neighbouring lines at a time go to memory together, and few rows keep few pages in sight.</summary>
    const int StreamedSquareLines = 2;

    /// <summary>Rows of the result at least so long are written line by line wherever they begin, so many lines' worth of rows at once.</summary>
    const int CarriedLines = 40, CarriedRowLines = 8;

    /// <summary>A row is cut where a block of it is this long, so that threads have something to share.</summary>
    const int CarriedBytes = 1 << 14;

    /// <summary>Stretches of the result that are put together: long enough that parts of lines at their ends do not matter.</summary>
    const int StreamedStretchBytes = 1 << 11, BlockBytes = 1 << 15;

    /// <summary>The same where they stay in the caches: short enough that a block also reads whole stretches of the operand, which the hardware foresees.</summary>
    const int StretchBytes = 1 << 9;

    /// <summary>The same of rows that are kept, whose other order would crowd few sets of the first cache.</summary>
    const int CrowdedStretchBytes = 1 << 10;

    /// <summary>Lines so far apart share one set of a first cache of 64 sets.</summary>
    const int SetBytes = 1 << 12;

    /// <summary>Rows at least so long that are copied as they are go past the caches one by one; shorter ones are put together before, so that fewer lines are written in two parts.</summary>
    const int LeastStreamedRowBytes = 1 << 9;

    /// <summary>Blocks are staged in L2 where the last cache does not hold so many times the operand; never where operand and result are less than so many bytes.</summary>
    const double StagedTimes = 3, LeastStagedBytes = 4 << 20;

    /// <summary>
    /// A smaller L2 has no room for what is staged: blocks are put together in L1 then, or turned as they are, but where rows crowd few sets of the caches, and where those of the
    /// operand are shorter than <see cref="LeastRowBytes"/> and go on in another loop.
    /// </summary>
    const long LeastStagedL2 = 1 << 20;

    const int LeastRowBytes = 32;

    /// <summary>Without a stage, copies of few loops are written through the caches as long as the last one holds one part in so many of operand and result.</summary>
    const int FewLoops = 3, PassingTimes = 10;

    /// <summary>Rectangles of at least so many lines a side are turned in L1 as they are, where the last cache holds them.</summary>
    const int StagedLines = 2;

    internal static CpuKernel Create<T, TMove>(KernelPlan plan, Rectangle rectangle, LastCache cache, CacheSizes caches) where T : unmanaged where TMove : struct, IMove<T>
    {
        var keepsLines = plan.Loops.All(loop => ReferenceEquals(loop, rectangle.Columns) || Lines.IsAligned((nint)loop.ResultStride * sizeof(T)));
        var bytes = (double)plan.Iterations * sizeof(T);
        var stages = rectangle.Rows is { } rows
            && (caches.L2 >= LeastStagedL2 || CrowdsSets<T>(rows.ResultStride) || CrowdsSets<T>(rectangle.Columns.Strides[0]) || (plan.Loops.Length > 2 && rows.Extent * sizeof(T) < LeastRowBytes));
        if (cache.Holds(2 * bytes))
        {
            var isNarrow = !rectangle.KeepsRows && Math.Min(rectangle.Rows!.Extent, rectangle.Columns.Extent) * sizeof(T) < StagedLines * Lines.Bytes;
            if (stages && isNarrow && 2 * bytes >= LeastStagedBytes && !cache.Holds(StagedTimes * bytes)) return Staged<T, TMove, CachedStore>(plan, rectangle, caches);
            return ThroughCaches<T, TMove>(plan, rectangle, caches);
        }
        if (rectangle.KeepsRows && rectangle.Columns.Extent * sizeof(T) >= LeastStreamedRowBytes) return Direct<T, TMove, StreamingStore>(plan, rectangle);
        if (!rectangle.KeepsRows && !stages) return plan.Loops.Length <= FewLoops && cache.Holds(2 * bytes / PassingTimes) ? ThroughCaches<T, TMove>(plan, rectangle, caches) : InL1();
        var fillsTiles = rectangle.KeepsRows || rectangle.Rows!.Extent >= TMove.Side;
        CpuKernel anywhere =
            rectangle.KeepsRows ? InL1()
            : fillsTiles && rectangle.Columns.Extent * sizeof(T) >= CarriedLines * Lines.Bytes ? Carrying<T, TMove>(plan, rectangle)
            : Staged<T, TMove, StreamingStore>(plan, rectangle, caches);
        return fillsTiles && keepsLines && TMove.StoresLines ? new ByAlignment(Direct<T, TMove, StreamingStore>(plan, rectangle), anywhere) : anywhere;

        CpuKernel InL1() => new BufferedMoveKernel<T, TMove, StreamingStore>(plan, rectangle, Buffered<T, TMove>(plan, rectangle, StreamedStretchBytes));
    }

    static CpuKernel ThroughCaches<T, TMove>(KernelPlan plan, Rectangle rectangle, CacheSizes caches) where T : unmanaged where TMove : struct, IMove<T>
    {
        var isFar = 2 * plan.Iterations * sizeof(T) > caches.L1;
        if (!CrowdsSets<T>(rectangle.Rows?.ResultStride)) return Direct<T, TMove, CachedStore>(plan, rectangle, isFar);
        if (!rectangle.KeepsRows) return new BufferedMoveKernel<T, TMove, CachedStore>(plan, rectangle, Buffered<T, TMove>(plan, rectangle, StretchBytes));
        // Rows that follow each other in the result, a few at a time, are far apart in the operand instead, of which no line is lost.
        var next = plan.Loops.FirstOrDefault(loop => !ReferenceEquals(loop, rectangle.Rows) && loop.ResultStride == rectangle.Columns.Extent);
        return next is null ? Direct<T, TMove, CachedStore>(plan, rectangle, isFar) : Direct<T, TMove, CachedStore>(plan, rectangle with { Rows = next }, isFar, CrowdedStretchBytes);
    }

    /// <summary>Whether lines so many elements apart share one set of the first cache.</summary>
    static bool CrowdsSets<T>(long? stride) where T : unmanaged => stride * sizeof(T) % SetBytes == 0;

    static StagedMoveKernel<T, TMove, TStore> Staged<T, TMove, TStore>(KernelPlan plan, Rectangle rectangle, CacheSizes caches)
        where T : unmanaged where TMove : struct, IMove<T> where TStore : struct, IStore
    {
        var stage = new Stage(plan, rectangle, sizeof(T), TMove.Side, caches);
        return new(plan, rectangle, stage, new(plan, Order(plan, rectangle), [.. stage.Loops.Zip(stage.Blocks, (loop, block) => ((Loop?)loop, block))]));
    }

    static MoveKernel<T, TMove, TStore> Direct<T, TMove, TStore>(KernelPlan plan, Rectangle rectangle, bool resultIsFar = false, int rowsBytes = BlockBytes)
        where T : unmanaged where TMove : struct, IMove<T> where TStore : struct, IStore
    {
        var order = Order(plan, rectangle);
        var streams = typeof(TStore) == typeof(StreamingStore);
        var isCrowded = !rectangle.KeepsRows && (IsCrowded(rectangle.Rows!.ResultStride) || IsCrowded(rectangle.Columns.Strides[0]));
        var lines = streams ? StreamedSquareLines : isCrowded ? CrowdedSquareLines : SquareLines;
        var (elements, side) = (BlockBytes / sizeof(T), lines * Lines.Bytes / sizeof(T));
        // A rectangle that is narrow is all the longer.
        var narrow = Math.Min(rectangle.Rows?.Extent ?? side, side);
        // Every block begins with a line, where lines are written past the caches.
        var columns = Balance(rectangle.Columns, rectangle.KeepsRows ? elements : side * side / narrow, streams ? Math.Max(TMove.Side, Lines.Bytes / sizeof(T)) : TMove.Side);
        var rows = Balance(rectangle.Rows, rectangle.KeepsRows ? Math.Max(1, rowsBytes / sizeof(T) / columns) : Math.Max(side * side / columns, side), TMove.Side);
        // Blocks of one rectangle each: what is asked for ahead is then the next rectangle.
        var more = streams ? null
            : order.LastOrDefault(loop => !ReferenceEquals(loop, rectangle.Rows) && !ReferenceEquals(loop, rectangle.Columns));
        return new(plan, rectangle, more, new(plan, order, (rectangle.Rows, rows), (rectangle.Columns, columns), (more, Math.Max(1, elements / 2 / (rows * columns)))), resultIsFar);

        static bool IsCrowded(long stride) => stride * sizeof(T) % CrowdedBytes == 0;
    }

    static CarryingMoveKernel<T, TMove> Carrying<T, TMove>(KernelPlan plan, Rectangle rectangle) where T : unmanaged where TMove : struct, IMove<T>
    {
        var rows = Balance(rectangle.Rows, CarriedRowLines * Lines.Bytes / sizeof(T), TMove.Side);
        var columns = Balance(rectangle.Columns, CarriedBytes / sizeof(T), TMove.Side);
        return new(plan, rectangle, new(plan, Order(plan, rectangle), (rectangle.Rows, rows), (rectangle.Columns, columns)));
    }

    static BlockedLoops Buffered<T, TMove>(KernelPlan plan, Rectangle rectangle, int stretchBytes) where T : unmanaged where TMove : struct, IMove<T>
    {
        var line = Lines.Bytes / sizeof(T);
        var columns = Balance(rectangle.Columns, 2 * stretchBytes / sizeof(T), TMove.Side);
        var more = columns == rectangle.Columns.Extent && !rectangle.IsDense && rectangle.More is { } loop
            ? Math.Min(loop.Extent, Math.Max(1, stretchBytes / sizeof(T) / columns)) : 1;
        var rows = Balance(rectangle.Rows, Math.Max(line, BlockBytes / sizeof(T) / (columns * more) / line * line), TMove.Side);
        return new(plan, Order(plan, rectangle), (rectangle.Rows, rows), (rectangle.Columns, columns), (rectangle.More, more));
    }

    /// <summary>Blocks of about so many iterations, multiples of the side, of which not even the last is shorter than the side.</summary>
    internal static long Balance(Loop? loop, long most, int side)
    {
        if (loop is null || loop.Extent <= most) return loop?.Extent ?? 1;
        var blocks = (loop.Extent + most - 1) / most;
        var length = Length(blocks);
        return loop.Extent - (blocks - 1) * length >= side ? length : Length(blocks - 1);

        long Length(long blocks) => blocks == 1 ? loop.Extent : ((loop.Extent + blocks - 1) / blocks + side - 1) / side * side;
    }

    /// <summary>The loops around runs.</summary>
    internal static Loop[] Around(KernelPlan plan, params ReadOnlySpan<AxisRun> runs)
    {
        var around = plan.Loops;
        foreach (var run in runs) around = around.RemoveRange(run.Whole, ReferenceEqualityComparer.Instance);
        return Order(around);
    }

    /// <summary>All loops, the rows of the rectangle innermost.</summary>
    static Loop[] Order(KernelPlan plan, Rectangle rectangle) =>
        rectangle.Rows is { } rows ? [.. Order(plan.Loops.Where(loop => !ReferenceEquals(loop, rows))), rows] : Order(plan.Loops);

    /// <summary>Loops in which the operand or the result goes on close by are innermost, the operand first.</summary>
    static Loop[] Order(IEnumerable<Loop> loops) => [.. loops.OrderByDescending(loop => Math.Min(loop.Strides[0], loop.ResultStride)).ThenByDescending(loop => loop.Strides[0])];
}
