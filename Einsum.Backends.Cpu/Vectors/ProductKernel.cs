using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>for p, i: out[p, i] = a[p, i] * b[p, i] * s[p]</c>, some of these, s being the product of the operands that i does not move.</summary>
sealed unsafe class ProductKernel<T, V, S, TFactors> : RangeKernel
    where T : unmanaged, INumberBase<T> where V : struct where S : struct, ISimd<T, V> where TFactors : struct, IFactors
{
    const int BlockElements = 1 << 14;

    /// <summary>
    /// A block of a transposed operand is a line wide, so that the line is used while it is there, and long enough for stretches of the others: longer ones where parts of lines at the ends of
    /// stretches go to memory (0.70 to 1.01 of the time with 48 KB of L1, of which the blocks take at most 34; where rows are whole lines, 1.0 to 1.5; Zen 5).
    /// </summary>
    const int TurnedLines = 8, PartTurnedLines = 32;

    /// <summary>Elements of a row that is not cut: the lines of as many rows of the transposed operands, and what they are turned into, take 32 KB of L1.</summary>
    const int MostWhole = 256;

    readonly BlockedLoops _blocks;
    readonly int[] _moving, _fixed, _turned;
    readonly Turn[] _turns;
    readonly nint[] _steps, _ahead;
    readonly int _bufferBytes;
    readonly long _streamsFrom;

    internal ProductKernel(KernelPlan plan, ProductRow row, int simdBits, double cachedShare) : this(plan, row, Blocks(plan, row, cachedShare), simdBits, cachedShare) { }

    ProductKernel(KernelPlan plan, ProductRow row, BlockedLoops blocks, int simdBits, double cachedShare)
        : base(blocks.Count, plan.Iterations * plan.Operands.Length / blocks.Count)
    {
        _streamsFrom = (long)(cachedShare * blocks.Count);
        var streams = _streamsFrom < blocks.Count;
        (_blocks, _moving, _fixed, _turned) = (blocks, row.Moving, row.Fixed, row.Turned);
        _steps = row.Rows is null ? new nint[plan.Operands.Length + 1] : Odometer.ByteStrides(plan, row.Rows);
        // An odd number of lines, so that not all rows meet in the same few sets of the cache.
        var pitch = (((nint)blocks.Block(1) * sizeof(T) + Lines.Bytes - 1) / Lines.Bytes | 1) * Lines.Bytes;
        _turns = [.. _turned.Select(operand => Turn.Create(sizeof(T), simdBits, (nint)row.Row.Strides[operand], pitch / sizeof(T), blocks.Ahead(operand)))];
        foreach (var operand in _turned) _steps[operand] = pitch;
        // Short stretches of rows beside a transposed operand: nothing in them tells the hardware where the next block lies.
        _ahead = [.. _moving.Select(operand => streams && _turned.Length > 0 && !_turned.Contains(operand) ? blocks.Ahead(operand) * sizeof(T) : 0)];
        _bufferBytes = (int)(blocks.Block(0) * pitch);
    }

    static BlockedLoops Blocks(KernelPlan plan, ProductRow row, double cachedShare)
    {
        if (row.Turned.Length == 0) return new(plan, [.. row.Around, row.Row], (row.Rows, Math.Max(1, BlockElements / row.Row.Extent)), (row.Row, BlockElements));
        var line = Math.Min(16, Lines.Bytes / sizeof(T));
        var lines = cachedShare < 1 && !row.KeepsLines(sizeof(T)) ? Math.Max(PartTurnedLines / row.Turned.Length, TurnedLines) : TurnedLines;
        return new(plan, [.. row.Around[..^1], row.Row, row.Rows!], (row.Rows, line), (row.Row, row.Row.Extent <= MostWhole / row.Turned.Length ? row.Row.Extent : lines * line));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(nint* addresses, long from, long to)
    {
        var position = stackalloc long[_blocks.PositionLength];
        var current = stackalloc nint[2 * _steps.Length];
        var place = current + _steps.Length;
        var memory = stackalloc byte[_turned.Length * _bufferBytes + Lines.Bytes];
        var buffer = (nint)memory + (-(nint)memory & (Lines.Bytes - 1));
        new Span<nint>(addresses, _steps.Length).CopyTo(new(current, _steps.Length));
        _blocks.Seek(from, position, current);
        for (; from < to; from++, _blocks.Next(position, current))
        {
            var (rows, length) = (_blocks.Length(0, position), _blocks.Length(1, position));
            new Span<nint>(current, _steps.Length).CopyTo(new(place, _steps.Length));
            for (var i = 0; i < _turned.Length; i++)
            {
                place[_turned[i]] = buffer + i * _bufferBytes;
                _turns[i].Run(current[_turned[i]], place[_turned[i]], rows, length);
            }
            Rows(place, rows, length, from >= _streamsFrom);
        }
        if (to > _streamsFrom) Lines.Fence();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Rows(nint* place, nint rows, nint length, bool streams)
    {
        var (first, second, last) = (_moving[0], _moving[^1], _steps.Length - 1);
        var (a, b, result) = (place[first], place[second], place[last]);
        var (aStep, bStep, resultStep) = (_steps[first], _steps[second], _steps[last]);
        for (nint row = 0; row < rows; row++)
        {
            var scale = TFactors.HasScale ? Scale(place, row) : T.One;
            Prefetch((byte*)a, _ahead[0], length * sizeof(T));
            Prefetch((byte*)b, _ahead[^1], length * sizeof(T));
            if (streams) Stream((T*)a, (T*)b, scale, (T*)result, length);
            else Row((T*)a, (T*)b, scale, (T*)result, length);
            a += aStep;
            b += bStep;
            result += resultStep;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Prefetch(byte* start, nint ahead, nint bytes)
    {
        if (ahead == 0 || !Sse.IsSupported) return;
        for (nint i = 0; i < bytes; i += Lines.Bytes) Sse.Prefetch0(start + ahead + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    T Scale(nint* place, nint row)
    {
        var scale = *(T*)(place[_fixed[0]] + row * _steps[_fixed[0]]);
        for (var i = 1; i < _fixed.Length; i++) scale *= *(T*)(place[_fixed[i]] + row * _steps[_fixed[i]]);
        return scale;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Row(T* a, T* b, T scale, T* result, nint count)
    {
        var v = S.Broadcast(scale);
        nint i = 0;
        for (; i <= count - 4 * S.Count; i += 4 * S.Count)
        {
            S.Store(result + i, Factor(a, b, v, i));
            S.Store(result + i + S.Count, Factor(a, b, v, i + S.Count));
            S.Store(result + i + 2 * S.Count, Factor(a, b, v, i + 2 * S.Count));
            S.Store(result + i + 3 * S.Count, Factor(a, b, v, i + 3 * S.Count));
        }
        for (; i <= count - S.Count; i += S.Count) S.Store(result + i, Factor(a, b, v, i));
        Rest(a, b, v, scale, result, i, count);
    }

    /// <summary>Whole lines past the caches; those that the row shares with its neighbours through them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Stream(T* a, T* b, T scale, T* result, nint count)
    {
        var (v, line) = (S.Broadcast(scale), (nint)Lines.Bytes / sizeof(T));
        var head = (-(nint)result & (Lines.Bytes - 1)) / sizeof(T);
        if (count < head + line || (nint)result % sizeof(T) != 0)
        {
            Row(a, b, scale, result, count);
            return;
        }
        Part(a, b, v, result, 0, head);
        var (i, end) = (head, head + ((count - head) & -line));
        for (; i <= end - 2 * S.Count; i += 2 * S.Count)
        {
            S.StoreStreaming(result + i, Factor(a, b, v, i));
            S.StoreStreaming(result + i + S.Count, Factor(a, b, v, i + S.Count));
        }
        if (i < end) S.StoreStreaming(result + i, Factor(a, b, v, i));
        Part(a, b, v, result, end, count);
    }

    /// <summary>Elements from <paramref name="i"/> on and none behind them, whose line would be read for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Part(T* a, T* b, V v, T* result, nint i, nint end)
    {
        for (; i <= end - S.Count; i += S.Count) S.Store(result + i, Factor(a, b, v, i));
        if (i == end) return;
        var mask = TailMask.First<T, V, S>(end - i);
        S.StoreFirst(result + i, mask, Factor(S.LoadFirst(a + i, mask), TFactors.HasSecond ? S.LoadFirst(b + i, mask) : default, v));
    }

    /// <summary>The last vector once more, shifted so that it ends where the row does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Rest(T* a, T* b, V v, T scale, T* result, nint i, nint count)
    {
        if (i == count) return;
        if (count >= S.Count) S.Store(result + count - S.Count, Factor(a, b, v, count - S.Count));
        else
            for (; i < count; i++) result[i] = TFactors.HasSecond ? TFactors.HasScale ? a[i] * b[i] * scale : a[i] * b[i] : a[i] * scale;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Factor(T* a, T* b, V scale, nint i) => Factor(S.Load(a + i), TFactors.HasSecond ? S.Load(b + i) : default, scale);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Factor(V a, V b, V scale)
    {
        var product = TFactors.HasSecond ? S.Multiply(a, b) : a;
        return TFactors.HasScale ? S.Multiply(product, scale) : product;
    }
}
