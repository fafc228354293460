using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>out[b, i, j] = sum over p of x[b, i, p] * y[b, p, j]</c> for small matrices: tile after tile, and for each tile one batch entry after the other.</summary>
sealed unsafe class DirectKernel<T, V, S> : BlockKernel
    where T : unmanaged where V : struct where S : struct, ISimd<T, V>
{
    const int Result = 2, LineBytes = 64, StripRows = 8;

    readonly int _x, _y;
    readonly nint _rows, _columns, _scratch, _strip;
    readonly bool _isTall, _isWide, _isBatch, _packsRows;
    readonly TileWalk _walk;
    readonly DirectPacking<T>? _packX, _packY;

    internal DirectKernel(KernelPlan plan, DirectShape shape, LastCache cache) : base(plan, shape.Blocked, shape.Rest(plan), shape.Block)
    {
        (_x, _y) = (shape.X, shape.Y);
        (_rows, _columns) = ((nint)shape.RowCount, (nint)shape.Columns.Extent);
        _isTall = shape.Blocked is not null && shape.Blocked == shape.Rows;
        _isWide = shape.Blocked is not null && shape.Blocked == shape.Columns;
        _isBatch = shape.Blocked is not null && !_isTall && !_isWide;
        var (batch, depth) = (_isBatch ? shape.Blocked : null, shape.Depth.Length == 1 ? shape.Depth[0] : null);
        var isLine = Unsafe.SizeOf<V>() == LineBytes;
        _strip = isLine && shape.StreamsStrips(plan, cache) ? (StripRows * _columns + S.Count - 1) / S.Count * S.Count : 0;
        _walk = new TileWalk((nint)shape.DepthCount, Stride(shape.Rows, _x), Stride(depth, _x), Stride(depth, _y), Stride(shape.Rows, Result),
            Stride(batch, _x), Stride(batch, _y), Stride(batch, Result), shape.Ahead(plan, cache, isPart: _columns < S.Count), shape.Streams(plan, cache, isLine), _isTall && shape.ComesFromMemory(plan, cache), _strip == 0 && shape.AsksForResult(plan));
        if (depth is null) _packX = new DirectPacking<T>(shape.Depth, shape.Rows, _x);
        else if (shape.PacksX(plan)) (_packX, _packsRows) = (new DirectPacking<T>([shape.Rows!], depth, _x), true);
        if (shape.PacksY(plan)) _packY = new DirectPacking<T>(shape.Depth, shape.Columns, _y);
        var entries = _isBatch ? (nint)Math.Min(shape.Block, batch!.Extent) : 1;
        _scratch = _strip + entries * _walk.Depth * ((_packX is null ? 0 : _isTall ? (nint)shape.Block : _rows) + (_packY is null ? 0 : _isWide ? (nint)shape.Block : _columns));
    }

    static nint Stride(Loop? loop, int operand) => (nint)(loop?.Strides[operand] ?? 0);

    protected override void Run(nint* addresses, long count)
    {
        T* x = (T*)addresses[_x], y = (T*)addresses[_y], c = (T*)addresses[Result];
        var entries = _isBatch ? (nint)count : 1;
        var (rows, columns) = (_isTall ? (nint)count : _rows, _isWide ? (nint)count : _columns);
        var walk = Lines.IsAligned((nint)c) ? _walk : _walk with { Streams = false };
        if (_scratch == 0) Tiles(walk, entries, x, rows, y, columns, c, null);
        else Packed(walk, entries, x, rows, y, columns, c);
    }

    /// <summary>Once for many blocks: waiting for what each wrote past the caches takes longer than blocks of few rows.</summary>
    private protected override void Finish()
    {
        if (_walk.Streams || _strip > 0) Lines.Fence();
    }

    void Packed(TileWalk walk, nint entries, T* x, nint rows, T* y, nint columns, T* c)
    {
        var scratch = NativePool.Rent(_scratch * sizeof(T));
        var strip = _strip > 0 ? (T*)scratch.Address : null;
        var next = (T*)scratch.Address + _strip;
        if (_packX is not null)
        {
            x = Pack(_packX, x, entries, _packsRows ? walk.Depth : rows, ref next, walk.XEntry, out var entry);
            walk = walk with { XRow = _packsRows ? walk.Depth : 1, XStep = _packsRows ? 1 : rows, XEntry = entry };
        }
        if (_packY is not null)
        {
            y = Pack(_packY, y, entries, columns, ref next, walk.YEntry, out var entry);
            walk = walk with { YStep = columns, YEntry = entry };
        }
        Tiles(walk, entries, x, rows, y, columns, c, strip);
        NativePool.Return(scratch);
    }

    /// <summary>An operand that all entries share is packed once.</summary>
    static T* Pack(DirectPacking<T> packing, T* from, nint entries, nint count, ref T* next, nint fromEntry, out nint toEntry)
    {
        var to = next;
        var size = packing.Outer * count;
        toEntry = fromEntry == 0 ? 0 : size;
        if (fromEntry == 0) entries = 1;
        packing.Run(from, fromEntry, entries, count, to);
        next += entries * size;
        return to;
    }

    /// <summary>All of a row of tiles, then the next row: the matrix y stays in L1, or in L2. Rows that go past the caches, but are no whole lines, come together in a <paramref name="strip"/> first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Tiles(in TileWalk walk, nint entries, T* x, nint rows, T* y, nint columns, T* c, T* strip)
    {
        nint i = 0;
        if (!S.HasManyRegisters && columns > S.Count)
        {
            // Sixteen registers hold the sums of six rows of two vectors. Seven or eight rows are two tiles of four: lower ones would wait for their sums.
            for (; rows - i is 6 or > 8; i += 6) Row<SixRows>(walk, entries, x + i * walk.XRow, y, columns, c + i * walk.CRow);
            if (rows == 5) Row<FiveRows>(walk, entries, x, y, columns, c);
            else if (rows - i == 5) Last<SixRows>(walk, entries, x, rows, y, columns, c);
            else if (rows - i > 4)
            {
                Row<FourRows>(walk, entries, x + i * walk.XRow, y, columns, c + i * walk.CRow);
                Last<FourRows>(walk, entries, x, rows, y, columns, c);
            }
            else Rest(walk, entries, x, rows, i, y, columns, c);
            return;
        }

        if (S.HasManyRegisters && columns <= S.Count)
            for (; i <= rows - 16; i += 16) Row<SixteenRows>(walk, entries, x + i * walk.XRow, y, columns, c + i * walk.CRow);
        for (; i <= rows - StripRows; i += StripRows) Strip(walk, entries, x + i * walk.XRow, y, columns, c + i * walk.CRow, strip);
        if (rows - i > 4 && rows >= 8) Last<EightRows>(walk, entries, x, rows, y, columns, c);
        else if (rows == 7) Row<SevenRows>(walk, entries, x, y, columns, c);
        else if (rows == 6) Row<SixRows>(walk, entries, x, y, columns, c);
        else if (rows == 5) Row<FiveRows>(walk, entries, x, y, columns, c);
        else Rest(walk, entries, x, rows, i, y, columns, c);
    }

    /// <summary>Up to four rows left over: a tile that ends with the last one; some of its rows have been before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Rest(in TileWalk walk, nint entries, T* x, nint rows, nint done, T* y, nint columns, T* c)
    {
        var rest = rows - done;
        if (rest > 2 && rows >= 4) Last<FourRows>(walk, entries, x, rows, y, columns, c);
        else if (rest > 2) Row<ThreeRows>(walk, entries, x, y, columns, c);
        else if (rest == 2) Last<TwoRows>(walk, entries, x, rows, y, columns, c);
        else if (rest == 1) Last<OneRow>(walk, entries, x, rows, y, columns, c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Last<TRows>(in TileWalk walk, nint entries, T* x, nint rows, T* y, nint columns, T* c) where TRows : struct, ITileRows
    {
        var i = rows - TRows.Count;
        Row<TRows>(walk, entries, x + i * walk.XRow, y, columns, c + i * walk.CRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Strip(in TileWalk walk, nint entries, T* x, T* y, nint columns, T* c, T* strip)
    {
        Row<EightRows>(walk, entries, x, y, columns, strip is null ? c : strip);
        if (strip is not null) Lines.Stream((byte*)strip, (byte*)c, StripRows * columns * sizeof(T));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Row<TRows>(in TileWalk walk, nint entries, T* x, T* y, nint columns, T* c) where TRows : struct, ITileRows
    {
        nint j = 0;
        for (; j <= columns - 2 * S.Count; j += 2 * S.Count)
        {
            if (walk.AsksForRows) NextRows<TRows>(walk, x, c, columns, j);
            DirectTile<T, V, S, TRows, TwoVectors>.Run(walk, entries, x, y + j, c + j, S.Count);
        }
        var rest = columns - j;
        if (walk.AsksForRows && rest > 0) NextRows<TRows>(walk, x, c, columns, j);
        if (rest > S.Count) DirectTile<T, V, S, TRows, TwoVectors>.Run(walk, entries, x, y + j, c + j, rest - S.Count);
        else if (rest > 0 && columns >= S.Count) DirectTile<T, V, S, TRows, OneVector>.Run(walk, entries, x, y + columns - S.Count, c + columns - S.Count, 0);
        else if (rest > 0) DirectTile<T, V, S, TRows, PartVector>.Run(walk, entries, x, y, c, rest);
    }

    /// <summary>Brings a part of the next row of tiles near while this one's tile is made: rows of x and of the result, as many as the tile's share of the columns is.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    static void NextRows<TRows>(in TileWalk walk, T* x, T* c, nint columns, nint column) where TRows : struct, ITileRows
    {
        if (!Sse.IsSupported) return;
        var (first, end) = (TRows.Count * column / columns, TRows.Count * Math.Min(column + 2 * S.Count, columns) / columns);
        for (var row = TRows.Count + first; row < TRows.Count + end; row++)
        {
            T* xRow = x + row * walk.XRow, cRow = c + row * walk.CRow;
            for (nint p = 0; p < walk.Depth; p += LineBytes / sizeof(T)) Sse.Prefetch1(xRow + p);
            if (!walk.AsksForResult || walk.Streams) continue;
            for (nint j = 0; j < columns; j += LineBytes / sizeof(T)) Sse.Prefetch1(cRow + j);
        }
    }
}
