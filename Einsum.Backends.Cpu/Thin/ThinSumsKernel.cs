using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>out[r, j] = sum over p of x[r, p] * y[j, p]</c>, p along neighbours: up to four rows of x and four of y at once, whose sums over the elements of vectors are made
/// together.
/// </summary>
sealed unsafe class ThinSumsKernel<T, V, S>(KernelPlan plan, ThinShape shape) : BlockKernel(plan, shape.Columns, shape.Rest(plan), RowsOf(shape))
    where T : unmanaged where V : struct where S : struct, ISimd<T, V>
{
    const int Group = 4, Result = 2;

    /// <summary>Where the sums of each row of x stand that are not written to the result at once.</summary>
    static readonly nint[] s_apart = [0, Group, 2 * Group, 3 * Group];

    readonly nint[] _xRows = shape.Offsets(shape.X), _resultRows = shape.Offsets(Result);
    readonly nint _depth = (nint)shape.Depth.Extent, _yStep = (nint)shape.Columns.Strides[shape.Y], _resultStep = (nint)shape.Columns.ResultStride;
    readonly int _x = shape.X;

    /// <summary>Rows of y that stay in the first caches from four rows of x to the next.</summary>
    static long RowsOf(ThinShape shape)
    {
        const long blockBytes = 64 << 10;
        return Math.Clamp(blockBytes / (shape.Depth.Extent * sizeof(T)) / Group * Group, Group, 256);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(nint* addresses, long count)
    {
        T* x = (T*)addresses[_x], y = (T*)addresses[1 - _x], result = (T*)addresses[Result];
        var row = 0;
        // Sixteen registers hold the sums of two rows.
        if (!S.HasManyRegisters)
            for (; row <= _xRows.Length - 2; row += 2) Rows<TwoRows>(x, y, result, row, (nint)count);
        for (; row <= _xRows.Length - 4; row += 4) Rows<FourRows>(x, y, result, row, (nint)count);
        if (_xRows.Length - row == 3) Rows<ThreeRows>(x, y, result, row, (nint)count);
        else if (_xRows.Length - row == 2) Rows<TwoRows>(x, y, result, row, (nint)count);
        else if (_xRows.Length - row == 1) Rows<OneRow>(x, y, result, row, (nint)count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Rows<TRows>(T* x, T* y, T* result, int row, nint count) where TRows : ITileRows
    {
        nint j = 0;
        for (; j <= count - Group; j += Group) Sums<TRows>(x, y + j * _yStep, _yStep, result + j * _resultStep, _resultStep, _resultRows, row, row);
        if (j == count) return;
        // Fewer than four: the last one again and again, into memory of which only the first of each row count.
        var sums = stackalloc T[Group * Group];
        for (; j < count; j++)
        {
            Sums<TRows>(x, y + j * _yStep, 0, sums, 1, s_apart, 0, row);
            for (var k = 0; k < TRows.Count; k++) result[_resultRows[row + k] + j * _resultStep] = sums[k * Group];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Sums<TRows>(T* x, T* y0, nint yStep, T* result, nint resultStep, nint[] resultRows, int resultRow, int row) where TRows : ITileRows
    {
        T* y1 = y0 + yStep, y2 = y1 + yStep, y3 = y2 + yStep;
        T* x0 = x + _xRows[row], x1 = TRows.Count > 1 ? x + _xRows[row + 1] : x, x2 = TRows.Count > 2 ? x + _xRows[row + 2] : x, x3 = TRows.Count > 3 ? x + _xRows[row + 3] : x;
        V s00 = S.Zero, s01 = S.Zero, s02 = S.Zero, s03 = S.Zero, s10 = S.Zero, s11 = S.Zero, s12 = S.Zero, s13 = S.Zero;
        V s20 = S.Zero, s21 = S.Zero, s22 = S.Zero, s23 = S.Zero, s30 = S.Zero, s31 = S.Zero, s32 = S.Zero, s33 = S.Zero;
        nint p = 0;
        for (; p <= _depth - S.Count; p += S.Count)
        {
            var (v0, v1, v2, v3) = (S.Load(y0 + p), S.Load(y1 + p), S.Load(y2 + p), S.Load(y3 + p));
            Add(S.Load(x0 + p), v0, v1, v2, v3, ref s00, ref s01, ref s02, ref s03);
            if (TRows.Count > 1) Add(S.Load(x1 + p), v0, v1, v2, v3, ref s10, ref s11, ref s12, ref s13);
            if (TRows.Count > 2) Add(S.Load(x2 + p), v0, v1, v2, v3, ref s20, ref s21, ref s22, ref s23);
            if (TRows.Count > 3) Add(S.Load(x3 + p), v0, v1, v2, v3, ref s30, ref s31, ref s32, ref s33);
        }
        if (p < _depth)
        {
            var mask = TailMask.First<T, V, S>(_depth - p);
            var (v0, v1, v2, v3) = (S.LoadFirst(y0 + p, mask), S.LoadFirst(y1 + p, mask), S.LoadFirst(y2 + p, mask), S.LoadFirst(y3 + p, mask));
            Add(S.LoadFirst(x0 + p, mask), v0, v1, v2, v3, ref s00, ref s01, ref s02, ref s03);
            if (TRows.Count > 1) Add(S.LoadFirst(x1 + p, mask), v0, v1, v2, v3, ref s10, ref s11, ref s12, ref s13);
            if (TRows.Count > 2) Add(S.LoadFirst(x2 + p, mask), v0, v1, v2, v3, ref s20, ref s21, ref s22, ref s23);
            if (TRows.Count > 3) Add(S.LoadFirst(x3 + p, mask), v0, v1, v2, v3, ref s30, ref s31, ref s32, ref s33);
        }
        S.StoreSums(result + resultRows[resultRow], resultStep, s00, s01, s02, s03);
        if (TRows.Count > 1) S.StoreSums(result + resultRows[resultRow + 1], resultStep, s10, s11, s12, s13);
        if (TRows.Count > 2) S.StoreSums(result + resultRows[resultRow + 2], resultStep, s20, s21, s22, s23);
        if (TRows.Count > 3) S.StoreSums(result + resultRows[resultRow + 3], resultStep, s30, s31, s32, s33);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add(V x, V y0, V y1, V y2, V y3, ref V s0, ref V s1, ref V s2, ref V s3)
    {
        s0 = S.MultiplyAdd(x, y0, s0);
        s1 = S.MultiplyAdd(x, y1, s1);
        s2 = S.MultiplyAdd(x, y2, s2);
        s3 = S.MultiplyAdd(x, y3, s3);
    }
}
