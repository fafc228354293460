using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>out[b, i] = sum over j of a[b, i, j] * x[b, i, j]</c>, four rows at once, whose sums over the elements of a vector are made together.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <typeparam name="V">The vectors.</typeparam>
/// <typeparam name="S">Their operations.</typeparam>
/// <typeparam name="TLength">How many vectors a row has, of which the last may be a part.</typeparam>
/// <typeparam name="TWalk">Whether x moves with the rows.</typeparam>
sealed unsafe class SumsKernel<T, V, S, TLength, TWalk> : BlockKernel
    where T : unmanaged where V : struct where S : struct, ISimd<T, V> where TLength : struct, IRowLength where TWalk : struct, IWalk
{
    const int Group = 4, Result = 2, Line = 64;

    /// <summary>How far ahead lines that come from memory are asked for: the hardware reads on within a page alone, and begins anew in each.</summary>
    const int Ahead = 4096;

    readonly int _a;
    readonly bool _cutsRows;
    readonly nint _rows, _entries, _whole, _last, _asked;
    readonly (nint A, nint X, nint Result) _row, _entry;

    internal SumsKernel(KernelPlan plan, SumsShape shape) : base(plan, shape.Blocked, shape.Rest(plan), shape.Block(sizeof(T)))
    {
        (_a, _cutsRows) = (shape.A, shape.CutsRows);
        (_rows, _entries) = ((nint)shape.Rows.Extent, (nint)(shape.Inner?.Extent ?? 1));
        _whole = ((nint)shape.Terms.Extent - 1) / S.Count * S.Count;
        _last = (nint)shape.Terms.Extent - _whole;
        (_row, _entry) = (Strides(shape.Rows), Strides(shape.Inner));
        // Only what is read in the order of memory: a group of rows is one stretch, and the next begins where it ends.
        var isInOrder = _row.A == shape.Terms.Extent && (shape.Inner is null || _entry.A == _rows * _row.A);
        var bytes = plan.Loops.Where(loop => loop.Strides[_a] != 0).Aggregate((double)sizeof(T), (product, loop) => product * loop.Extent);
        _asked = Sse.IsSupported && isInOrder && bytes > CacheSizes.Machine.L2 ? (nint)shape.Terms.Extent * Group * sizeof(T) : 0;
    }

    (nint A, nint X, nint Result) Strides(Loop? loop) => loop is null ? default : ((nint)loop.Strides[_a], (nint)loop.Strides[1 - _a], (nint)loop.Strides[Result]);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(nint* addresses, long count)
    {
        T* a = (T*)addresses[_a], x = (T*)addresses[1 - _a], result = (T*)addresses[Result];
        var (entries, rows) = _cutsRows ? (_entries, (nint)count) : ((nint)count, _rows);
        var (row, entry, whole, asked, mask) = (_row, _entry, _whole, _asked, TailMask.First<T, V, S>(_last));
        for (; entries > 0; entries--, a += entry.A, x += entry.X, result += entry.Result)
        {
            var (x0, x1, x2, x3) = (Load(x, 0, mask), Load(x, 1, mask), Load(x, 2, mask), Load(x, 3, mask));
            for (nint i = 0; i < rows; i += Group)
            {
                // The last group overlaps the one before it.
                var at = Math.Max(Math.Min(i, rows - Group), 0);
                T* ai = a + at * row.A, xi = x + at * row.X, to = result + at * row.Result;
                if (rows < Group)
                {
                    Few(ai, xi, to, rows);
                    break;
                }
                if (Sse.IsSupported)
                    for (nint line = 0; line < asked; line += Line) Sse.Prefetch0((byte*)ai + Ahead + line);
                S.StoreSums(to, row.Result,
                    Products(ai, xi, x0, x1, x2, x3, whole, mask),
                    Products(ai + row.A, xi + row.X, x0, x1, x2, x3, whole, mask),
                    Products(ai + 2 * row.A, xi + 2 * row.X, x0, x1, x2, x3, whole, mask),
                    Products(ai + 3 * row.A, xi + 3 * row.X, x0, x1, x2, x3, whole, mask));
            }
        }
    }

    /// <summary>The end of a cut that is shorter than a group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Few(T* a, T* x, T* result, nint rows)
    {
        var mask = TailMask.First<T, V, S>(_last);
        for (; rows > 0; rows--, a += _row.A, x += _row.X, result += _row.Result)
            *result = S.Sum(Products(a, x, Load(x, 0, mask), Load(x, 1, mask), Load(x, 2, mask), Load(x, 3, mask), _whole, mask));
    }

    /// <summary>A vector of <c>a[i, j] * x[i, j]</c>, summed over the vectors of the row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Products(T* a, T* x, V x0, V x1, V x2, V x3, nint whole, V mask)
    {
        if (TLength.Vectors == 0)
        {
            var many = S.Multiply(S.LoadFirst(a + whole, mask), S.LoadFirst(x + whole, mask));
            for (nint j = 0; j < whole; j += S.Count) many = S.MultiplyAdd(S.Load(a + j), S.Load(x + j), many);
            return many;
        }
        if (TWalk.Moves) (x0, x1, x2, x3) = (Load(x, 0, mask), Load(x, 1, mask), Load(x, 2, mask), Load(x, 3, mask));
        var sum = S.Multiply(Load(a, 0, mask), x0);
        if (TLength.Vectors > 1) sum = S.MultiplyAdd(Load(a, 1, mask), x1, sum);
        if (TLength.Vectors > 2) sum = S.MultiplyAdd(Load(a, 2, mask), x2, sum);
        if (TLength.Vectors > 3) sum = S.MultiplyAdd(Load(a, 3, mask), x3, sum);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Load(T* row, int vector, V mask) =>
        vector < TLength.Vectors - 1 ? S.Load(row + vector * S.Count)
        : TLength.Vectors > 0 && vector == TLength.Vectors - 1 ? S.LoadFirst(row + vector * S.Count, mask)
        : default;
}
