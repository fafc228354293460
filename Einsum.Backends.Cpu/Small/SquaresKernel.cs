using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// Small squares by vectors of several rows: <c>out = sum over p of (element p of each row of x, in all places of the row) * (row p of y, in each row)</c>, one shuffle and one multiply-add a step for all of them.
/// Each size has a method of its own: in one for all the JIT stops inlining.
/// </summary>
/// <typeparam name="T">The element type.</typeparam>
/// <typeparam name="V">The vectors.</typeparam>
/// <typeparam name="S">Their operations.</typeparam>
/// <typeparam name="TRow">How long a row is.</typeparam>
sealed unsafe class SquaresKernel<T, V, S, TRow> : BlockKernel
    where T : unmanaged where V : struct where S : struct, ISimd<T, V> where TRow : struct, IRowBytes
{
    const int Result = 2, MostSize = 8, MostWords = 16;

    readonly int _x;
    readonly bool _cutsRows, _streams;
    readonly nint _rows, _yStep;
    readonly (nint X, nint Y, nint Result) _entry;

    /// <summary>For each element of a row, where each four bytes of a vector are found in which it is in all places of its row.</summary>
    static readonly int[] s_places = AllPlaces();

    /// <summary>The same: a method that is optimised at once would ask for what is static whether it is there.</summary>
    readonly int[] _places = s_places;

    internal SquaresKernel(KernelPlan plan, SquaresShape shape, LastCache cache) : base(plan, shape.Blocked, shape.Rest(plan), shape.Block)
    {
        (_x, _cutsRows, _streams) = (shape.X, shape.CutsRows, Unsafe.SizeOf<V>() == Lines.Bytes && shape.Streams(plan, cache));
        (_rows, _yStep) = ((nint)shape.Rows.Extent, (nint)shape.Depth.Strides[1 - _x]);
        var entry = shape.Blocked.Strides;
        _entry = ((nint)entry[_x], (nint)entry[1 - _x], (nint)entry[Result]);
    }

    static int[] AllPlaces()
    {
        var places = new int[MostSize * MostWords];
        var (words, rowWords) = (sizeof(T) / sizeof(int), TRow.Count / sizeof(int));
        for (var i = 0; i < places.Length; i++)
        {
            var (element, word) = Math.DivRem(i, MostWords);
            places[i] = word / rowWords * rowWords + element % Size * words + word % words;
        }

        return places;
    }

    static int Size => TRow.Count / sizeof(T);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(nint* addresses, long count)
    {
        T* x = (T*)addresses[_x], y = (T*)addresses[1 - _x], result = (T*)addresses[Result];
        var (entries, rows) = _cutsRows ? (1, (nint)count) : ((nint)count, _rows);
        var streams = _streams && Lines.IsAligned((nint)result);
        if (Size == 2) Twos(entries, x, rows, y, result, streams);
        else if (Size == 4) Fours(entries, x, rows, y, result, streams);
        else Eights(entries, x, rows, y, result, streams);
        if (streams) Lines.Fence();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Twos(nint entries, T* x, nint rows, T* y, T* result, bool streams)
    {
        var (entry, elements, yStep) = (_entry, 2 * rows, _yStep);
        V p0 = Places(0), p1 = Places(1);
        for (; entries > 0; entries--, x += entry.X, y += entry.Y, result += entry.Result)
        {
            V y0 = S.Repeat(y, TRow.Count), y1 = S.Repeat(y + yStep, TRow.Count);
            for (nint i = 0; i < elements; i += S.Count)
            {
                var a = S.Load(x + i);
                Store(result + i, S.MultiplyAdd(S.Shuffle(a, p1), y1, S.Multiply(S.Shuffle(a, p0), y0)), streams);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Fours(nint entries, T* x, nint rows, T* y, T* result, bool streams)
    {
        var (entry, elements, yStep) = (_entry, 4 * rows, _yStep);
        V p0 = Places(0), p1 = Places(1), p2 = Places(2), p3 = Places(3);
        for (; entries > 0; entries--, x += entry.X, y += entry.Y, result += entry.Result)
        {
            V y0 = S.Repeat(y, TRow.Count), y1 = S.Repeat(y + yStep, TRow.Count), y2 = S.Repeat(y + 2 * yStep, TRow.Count), y3 = S.Repeat(y + 3 * yStep, TRow.Count);
            for (nint i = 0; i < elements; i += S.Count)
            {
                var a = S.Load(x + i);
                var sum = S.Multiply(S.Shuffle(a, p0), y0);
                sum = S.MultiplyAdd(S.Shuffle(a, p1), y1, sum);
                sum = S.MultiplyAdd(S.Shuffle(a, p2), y2, sum);
                Store(result + i, S.MultiplyAdd(S.Shuffle(a, p3), y3, sum), streams);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Eights(nint entries, T* x, nint rows, T* y, T* result, bool streams)
    {
        var (entry, elements, yStep) = (_entry, 8 * rows, _yStep);
        V p0 = Places(0), p1 = Places(1), p2 = Places(2), p3 = Places(3), p4 = Places(4), p5 = Places(5), p6 = Places(6), p7 = Places(7);
        for (; entries > 0; entries--, x += entry.X, y += entry.Y, result += entry.Result)
        {
            var y4 = y + 4 * yStep;
            V v0 = S.Repeat(y, TRow.Count), v1 = S.Repeat(y + yStep, TRow.Count), v2 = S.Repeat(y + 2 * yStep, TRow.Count), v3 = S.Repeat(y + 3 * yStep, TRow.Count);
            V v4 = S.Repeat(y4, TRow.Count), v5 = S.Repeat(y4 + yStep, TRow.Count), v6 = S.Repeat(y4 + 2 * yStep, TRow.Count), v7 = S.Repeat(y4 + 3 * yStep, TRow.Count);
            for (nint i = 0; i < elements; i += S.Count)
            {
                var a = S.Load(x + i);
                var sum = S.Multiply(S.Shuffle(a, p0), v0);
                sum = S.MultiplyAdd(S.Shuffle(a, p1), v1, sum);
                sum = S.MultiplyAdd(S.Shuffle(a, p2), v2, sum);
                sum = S.MultiplyAdd(S.Shuffle(a, p3), v3, sum);
                sum = S.MultiplyAdd(S.Shuffle(a, p4), v4, sum);
                sum = S.MultiplyAdd(S.Shuffle(a, p5), v5, sum);
                sum = S.MultiplyAdd(S.Shuffle(a, p6), v6, sum);
                Store(result + i, S.MultiplyAdd(S.Shuffle(a, p7), v7, sum), streams);
            }
        }
    }

    V Places(int element) => Unsafe.As<int, V>(ref _places[element * MostWords]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(T* to, V sum, bool streams)
    {
        if (streams) S.StoreStreaming(to, sum);
        else S.Store(to, sum);
    }
}
