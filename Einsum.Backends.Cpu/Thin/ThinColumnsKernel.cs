using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>out[r, j] = sum over p of x[r, p] * y[p, j]</c>, j along neighbours: four rows of y at once are added to a stretch of each row of the result, which stay in the
/// first cache.
/// </summary>
sealed unsafe class ThinColumnsKernel<T, V, S>(KernelPlan plan, ThinShape shape) : BlockKernel(plan, shape.Columns, shape.Rest(plan), BlockOf(shape.Columns.Extent))
    where T : unmanaged where V : struct where S : struct, ISimd<T, V>
{
    const int Group = 4, Result = 2;

    /// <summary>Columns of a stretch: as many as stay in the first cache, or enough stretches for threads to share.</summary>
    static long BlockOf(long columns)
    {
        const long most = 1024, least = 256, stretches = 8, unit = 64;
        return Math.Clamp(columns / stretches / unit * unit, least, most);
    }

    readonly nint[] _xRows = shape.Offsets(shape.X), _resultRows = shape.Offsets(Result);
    readonly nint _depth = (nint)shape.Depth.Extent, _xStep = (nint)shape.Depth.Strides[shape.X], _yStep = (nint)shape.Depth.Strides[shape.Y];
    readonly int _x = shape.X;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(nint* addresses, long count)
    {
        T* x = (T*)addresses[_x], y = (T*)addresses[1 - _x], result = (T*)addresses[Result];
        foreach (var row in _resultRows) new Span<T>(result + row, (int)count).Clear();
        nint p = 0;
        for (; p <= _depth - Group; p += Group) Add<FourRows>(x + p * _xStep, y + p * _yStep, result, (nint)count);
        for (; p < _depth; p++) Add<OneRow>(x + p * _xStep, y + p * _yStep, result, (nint)count);
    }

    /// <summary>One or four rows of y for all rows of x, of which four at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Add<TDepth>(T* x, T* y, T* result, nint count) where TDepth : ITileRows
    {
        var row = 0;
        for (; row <= _xRows.Length - 4; row += 4) Add<FourRows, TDepth>(x, y, result, row, count);
        if (_xRows.Length - row == 3) Add<ThreeRows, TDepth>(x, y, result, row, count);
        else if (_xRows.Length - row == 2) Add<TwoRows, TDepth>(x, y, result, row, count);
        else if (_xRows.Length - row == 1) Add<OneRow, TDepth>(x, y, result, row, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Add<TRows, TDepth>(T* x, T* y0, T* result, int row, nint count) where TRows : ITileRows where TDepth : ITileRows
    {
        T* y1 = y0 + _yStep, y2 = y1 + _yStep, y3 = y2 + _yStep;
        T* a0 = x + _xRows[row], a1 = Row<TRows>(x, _xRows, row, 1), a2 = Row<TRows>(x, _xRows, row, 2), a3 = Row<TRows>(x, _xRows, row, 3);
        T* c0 = result + _resultRows[row], c1 = Row<TRows>(result, _resultRows, row, 1), c2 = Row<TRows>(result, _resultRows, row, 2), c3 = Row<TRows>(result, _resultRows, row, 3);
        var (x00, x01, x02, x03) = Factors<OneRow, TDepth>(a0, 0);
        var (x10, x11, x12, x13) = Factors<TRows, TDepth>(a1, 1);
        var (x20, x21, x22, x23) = Factors<TRows, TDepth>(a2, 2);
        var (x30, x31, x32, x33) = Factors<TRows, TDepth>(a3, 3);
        nint j = 0;
        for (; j <= count - S.Count; j += S.Count)
        {
            var v0 = S.Load(y0 + j);
            var (v1, v2, v3) = TDepth.Count > 1 ? (S.Load(y1 + j), S.Load(y2 + j), S.Load(y3 + j)) : default;
            S.Store(c0 + j, Sum<TDepth>(S.Load(c0 + j), x00, x01, x02, x03, v0, v1, v2, v3));
            if (TRows.Count > 1) S.Store(c1 + j, Sum<TDepth>(S.Load(c1 + j), x10, x11, x12, x13, v0, v1, v2, v3));
            if (TRows.Count > 2) S.Store(c2 + j, Sum<TDepth>(S.Load(c2 + j), x20, x21, x22, x23, v0, v1, v2, v3));
            if (TRows.Count > 3) S.Store(c3 + j, Sum<TDepth>(S.Load(c3 + j), x30, x31, x32, x33, v0, v1, v2, v3));
        }
        if (j == count) return;
        var mask = TailMask.First<T, V, S>(count - j);
        var w0 = S.LoadFirst(y0 + j, mask);
        var (w1, w2, w3) = TDepth.Count > 1 ? (S.LoadFirst(y1 + j, mask), S.LoadFirst(y2 + j, mask), S.LoadFirst(y3 + j, mask)) : default;
        S.StoreFirst(c0 + j, mask, Sum<TDepth>(S.LoadFirst(c0 + j, mask), x00, x01, x02, x03, w0, w1, w2, w3));
        if (TRows.Count > 1) S.StoreFirst(c1 + j, mask, Sum<TDepth>(S.LoadFirst(c1 + j, mask), x10, x11, x12, x13, w0, w1, w2, w3));
        if (TRows.Count > 2) S.StoreFirst(c2 + j, mask, Sum<TDepth>(S.LoadFirst(c2 + j, mask), x20, x21, x22, x23, w0, w1, w2, w3));
        if (TRows.Count > 3) S.StoreFirst(c3 + j, mask, Sum<TDepth>(S.LoadFirst(c3 + j, mask), x30, x31, x32, x33, w0, w1, w2, w3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T* Row<TRows>(T* start, nint[] rows, int first, int number) where TRows : ITileRows => TRows.Count > number ? start + rows[first + number] : start;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    (V, V, V, V) Factors<TRows, TDepth>(T* x, int number) where TRows : ITileRows where TDepth : ITileRows
    {
        if (TRows.Count <= number) return default;
        if (TDepth.Count == 1) return (S.Broadcast(*x), default, default, default);
        return (S.Broadcast(x[0]), S.Broadcast(x[_xStep]), S.Broadcast(x[2 * _xStep]), S.Broadcast(x[3 * _xStep]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Sum<TDepth>(V sum, V x0, V x1, V x2, V x3, V y0, V y1, V y2, V y3) where TDepth : ITileRows
    {
        sum = S.MultiplyAdd(x0, y0, sum);
        return TDepth.Count == 1 ? sum : S.MultiplyAdd(x3, y3, S.MultiplyAdd(x2, y2, S.MultiplyAdd(x1, y1, sum)));
    }
}
