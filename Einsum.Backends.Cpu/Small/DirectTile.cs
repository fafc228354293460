using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>What a register tile does for each of some batch entries: the strides, in elements, of <c>x[b, i, p]</c>, <c>y[b, p, :]</c> and <c>c[b, i, :]</c>.</summary>
/// <param name="Depth">How many p there are, at least one.</param>
/// <param name="Ahead">How many entries ahead operands that these do not share are brought near, x beside parts of vectors only where it is much; 0 for none.</param>
/// <param name="Streams">Whether c, which then consists of whole lines, is written past the caches.</param>
/// <param name="AsksForRows">Whether the next rows of x are brought near while rows are worked on, and those of c that are asked for.</param>
/// <param name="AsksForResult">Whether lines of c are brought near while the sums that go there are made.</param>
readonly record struct TileWalk(nint Depth, nint XRow, nint XStep, nint YStep, nint CRow, nint XEntry, nint YEntry, nint CEntry, nint Ahead, bool Streams, bool AsksForRows, bool AsksForResult);

/// <summary>
/// <c>c[b, i, :] = sum over p of x[b, i, p] * y[b, p, :]</c> for some rows of one or two vectors, straight from the operands' memory, for all entries
/// of a batch in one call. Sixteen rows are of one vector: their last eight sums stand where eight rows have their second vectors. The sum runs over p in order, so tiles may overlap: what two of them write is the same.
/// Four steps along neighbours of x are written out: counters and addresses take a good part of what a core starts in a cycle.
/// </summary>
static unsafe class DirectTile<T, V, S, TRows, TColumns>
    where T : unmanaged where V : struct where S : struct, ISimd<T, V> where TRows : struct, ITileRows where TColumns : struct, ITileColumns
{
    /// <summary>Of x beside parts of vectors, fewer bytes are not asked for: the hardware foresees them.</summary>
    const int LeastAsked = 1 << 10;

    /// <param name="second">Where the second of two vectors begins, or how many elements of a part count.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(in TileWalk walk, nint entries, T* xEntry, T* yEntry, T* c, nint second)
    {
        var mask = TColumns.ArePart ? TailMask.First<T, V, S>(second) : default;
        nint xRow = walk.XRow, xStep = walk.XStep, yStep = walk.YStep, cRow = walk.CRow, depth = walk.Depth;
        var streams = walk.Streams;
        // Where rows of a part lie one behind the other, all vectors may be stored whole whose ends are in later rows of the tile: those write over them.
        var whole = TColumns.ArePart && cRow == second ? TRows.Count - (S.Count - 1) / second : 0;
        for (; entries > 0; entries--, xEntry += walk.XEntry, yEntry += walk.YEntry, c += walk.CEntry)
        {
            if (walk.AsksForResult && !streams) PrefetchResult(c, cRow, second);
            if (walk.Ahead != 0) Prefetch(walk, xEntry + walk.Ahead * walk.XEntry, yEntry + walk.Ahead * walk.YEntry);
            V c0l = S.Zero, c0r = S.Zero;
            V c1l = S.Zero, c1r = S.Zero;
            V c2l = S.Zero, c2r = S.Zero;
            V c3l = S.Zero, c3r = S.Zero;
            V c4l = S.Zero, c4r = S.Zero;
            V c5l = S.Zero, c5r = S.Zero;
            V c6l = S.Zero, c6r = S.Zero;
            V c7l = S.Zero, c7r = S.Zero;
            T* x = xEntry, x3 = x + 3 * xRow, x6 = x3 + 3 * xRow;
            var y = yEntry;
            var steps = depth;
            if (xStep == 1)
            {
                for (; steps > 4; steps -= 4)
                {
                    Step(x, x3, x6, 0, xRow, y, second, mask, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r, ref c6l, ref c6r, ref c7l, ref c7r);
                    y += yStep;
                    Step(x, x3, x6, 1, xRow, y, second, mask, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r, ref c6l, ref c6r, ref c7l, ref c7r);
                    y += yStep;
                    Step(x, x3, x6, 2, xRow, y, second, mask, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r, ref c6l, ref c6r, ref c7l, ref c7r);
                    y += yStep;
                    Step(x, x3, x6, 3, xRow, y, second, mask, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r, ref c6l, ref c6r, ref c7l, ref c7r);
                    y += yStep;
                    x += 4;
                    if (TRows.Count > 3) x3 += 4;
                    if (TRows.Count > 6) x6 += 4;
                }
            }

            do
            {
                Step(x, x3, x6, 0, xRow, y, second, mask, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r, ref c6l, ref c6r, ref c7l, ref c7r);
                x += xStep;
                if (TRows.Count > 3) x3 += xStep;
                if (TRows.Count > 6) x6 += xStep;
                y += yStep;
            }
            while (--steps > 0);

            if (!TColumns.ArePart && streams) Store<PastCaches>(c, cRow, second, whole, mask, c0l, c0r, c1l, c1r, c2l, c2r, c3l, c3r, c4l, c4r, c5l, c5r, c6l, c6r, c7l, c7r);
            else Store<ThroughCaches>(c, cRow, second, whole, mask, c0l, c0r, c1l, c1r, c2l, c2r, c3l, c3r, c4l, c4r, c5l, c5r, c6l, c6r, c7l, c7r);
        }
    }

    /// <summary>One step of all sums, in row <paramref name="at"/> of y and column of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Step(
        T* x, T* x3, T* x6, nint at, nint xRow, T* y, nint second, V mask,
        ref V c0l, ref V c0r, ref V c1l, ref V c1r, ref V c2l, ref V c2r, ref V c3l, ref V c3r, ref V c4l, ref V c4r, ref V c5l, ref V c5r, ref V c6l, ref V c6r, ref V c7l, ref V c7r)
    {
        var left = TColumns.ArePart ? S.LoadFirst(y, mask) : S.Load(y);
        var right = TColumns.AreTwo ? S.Load(y + second) : default;
        MicroKernel.Add<T, V, S, TColumns>(x[at], left, right, ref c0l, ref c0r);
        if (TRows.Count > 1) MicroKernel.Add<T, V, S, TColumns>(x[at + xRow], left, right, ref c1l, ref c1r);
        if (TRows.Count > 2) MicroKernel.Add<T, V, S, TColumns>(x[at + 2 * xRow], left, right, ref c2l, ref c2r);
        if (TRows.Count > 3) MicroKernel.Add<T, V, S, TColumns>(x3[at], left, right, ref c3l, ref c3r);
        if (TRows.Count > 4) MicroKernel.Add<T, V, S, TColumns>(x3[at + xRow], left, right, ref c4l, ref c4r);
        if (TRows.Count > 5) MicroKernel.Add<T, V, S, TColumns>(x3[at + 2 * xRow], left, right, ref c5l, ref c5r);
        if (TRows.Count > 6) MicroKernel.Add<T, V, S, TColumns>(x6[at], left, right, ref c6l, ref c6r);
        if (TRows.Count > 7) MicroKernel.Add<T, V, S, TColumns>(x6[at + xRow], left, right, ref c7l, ref c7r);
        if (TRows.Count > 8)
        {
            T* x9 = x6 + 3 * xRow, x12 = x9 + 3 * xRow, x15 = x12 + 3 * xRow;
            c0r = S.MultiplyAdd(S.Broadcast(x6[at + 2 * xRow]), left, c0r);
            c1r = S.MultiplyAdd(S.Broadcast(x9[at]), left, c1r);
            c2r = S.MultiplyAdd(S.Broadcast(x9[at + xRow]), left, c2r);
            c3r = S.MultiplyAdd(S.Broadcast(x9[at + 2 * xRow]), left, c3r);
            c4r = S.MultiplyAdd(S.Broadcast(x12[at]), left, c4r);
            c5r = S.MultiplyAdd(S.Broadcast(x12[at + xRow]), left, c5r);
            c6r = S.MultiplyAdd(S.Broadcast(x12[at + 2 * xRow]), left, c6r);
            c7r = S.MultiplyAdd(S.Broadcast(x15[at]), left, c7r);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<TWay>(T* row, nint step, nint second, nint whole, V mask, V c0l, V c0r, V c1l, V c1r, V c2l, V c2r, V c3l, V c3r, V c4l, V c4r, V c5l, V c5r, V c6l, V c6r, V c7l, V c7r)
        where TWay : struct, ITileWay
    {
        Store<TWay>(row, second, 0 < whole, mask, c0l, c0r);
        if (TRows.Count == 1) return;
        Store<TWay>(row += step, second, 1 < whole, mask, c1l, c1r);
        if (TRows.Count == 2) return;
        Store<TWay>(row += step, second, 2 < whole, mask, c2l, c2r);
        if (TRows.Count == 3) return;
        Store<TWay>(row += step, second, 3 < whole, mask, c3l, c3r);
        if (TRows.Count == 4) return;
        Store<TWay>(row += step, second, 4 < whole, mask, c4l, c4r);
        if (TRows.Count == 5) return;
        Store<TWay>(row += step, second, 5 < whole, mask, c5l, c5r);
        if (TRows.Count == 6) return;
        Store<TWay>(row += step, second, 6 < whole, mask, c6l, c6r);
        if (TRows.Count == 7) return;
        Store<TWay>(row += step, second, 7 < whole, mask, c7l, c7r);
        if (TRows.Count == 8) return;
        Store<TWay>(row += step, second, 8 < whole, mask, c0r, c0r);
        Store<TWay>(row += step, second, 9 < whole, mask, c1r, c1r);
        Store<TWay>(row += step, second, 10 < whole, mask, c2r, c2r);
        Store<TWay>(row += step, second, 11 < whole, mask, c3r, c3r);
        Store<TWay>(row += step, second, 12 < whole, mask, c4r, c4r);
        Store<TWay>(row += step, second, 13 < whole, mask, c5r, c5r);
        Store<TWay>(row += step, second, 14 < whole, mask, c6r, c6r);
        Store<TWay>(row + step, second, 15 < whole, mask, c7r, c7r);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static void Prefetch(in TileWalk walk, T* x, T* y)
    {
        if (!Sse.IsSupported) return;
        if (walk.XEntry != 0 && (!TColumns.ArePart || TRows.Count * walk.Depth * sizeof(T) >= LeastAsked))
        {
            var (xCount, xStep, xLength) = walk.XStep == 1 ? ((nint)TRows.Count, walk.XRow, walk.Depth) : (walk.Depth, walk.XStep, (nint)1);
            Prefetch(x, xCount, xStep, xLength);
        }
        if (walk.YEntry != 0) Prefetch(y, walk.Depth, walk.YStep, TColumns.AreTwo ? 2 * S.Count : S.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void PrefetchResult(T* row, nint step, nint second)
    {
        var columns = TColumns.AreTwo ? second + S.Count : TColumns.ArePart ? second : S.Count;
        for (var i = 0; i < TRows.Count; i++, row += step) Lines.Ask((byte*)row, columns * sizeof(T));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Prefetch(T* start, nint count, nint step, nint length)
    {
        for (; count > 0; count--, start += step)
            for (nint i = 0; i < length; i += 64 / sizeof(T)) Sse.Prefetch0(start + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<TWay>(T* row, nint second, bool isWhole, V mask, V left, V right) where TWay : struct, ITileWay
    {
        if (TColumns.ArePart && !isWhole) S.StoreFirst(row, mask, left);
        else if (TWay.Streams)
        {
            S.StoreStreaming(row, left);
            if (TColumns.AreTwo) S.StoreStreaming(row + second, right);
        }
        else
        {
            S.Store(row, left);
            if (TColumns.AreTwo) S.Store(row + second, right);
        }
    }
}
