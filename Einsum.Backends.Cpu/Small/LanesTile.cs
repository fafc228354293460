using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>How a tile of vectors over the batch walks: the strides, in elements, of <c>x[i, p, :]</c>, <c>y[p, j, :]</c> and <c>c[i, j, :]</c>.</summary>
readonly record struct LanesWalk(nint Depth, nint XRow, nint XStep, nint YStep, nint YColumn, nint CRow, nint CColumn);

/// <summary>
/// <c>c[i, j, b] = sum over p of x[i, p, b] * y[p, j, b]</c> for a tile of up to four rows and columns of the matrices and the neighbours b of one vector.
/// </summary>
static unsafe class LanesTile<T, V, S, TRows, TColumns, TPart>
    where T : unmanaged where V : struct where S : struct, ISimd<T, V>
    where TRows : struct, ITileRows where TColumns : struct, ITileRows where TPart : struct, ITileColumns
{
    /// <param name="lanes">How many elements of a part count.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(in LanesWalk walk, T* x, T* y, T* c, nint lanes)
    {
        var mask = TPart.ArePart ? TailMask.First<T, V, S>(lanes) : default;
        V c00 = S.Zero, c01 = S.Zero, c02 = S.Zero, c03 = S.Zero;
        V c10 = S.Zero, c11 = S.Zero, c12 = S.Zero, c13 = S.Zero;
        V c20 = S.Zero, c21 = S.Zero, c22 = S.Zero, c23 = S.Zero;
        V c30 = S.Zero, c31 = S.Zero, c32 = S.Zero, c33 = S.Zero;
        nint xRow = walk.XRow, xStep = walk.XStep, yStep = walk.YStep, yColumn = walk.YColumn;
        T* x2 = x + 2 * xRow, y2 = y + 2 * yColumn;
        for (var p = walk.Depth; p > 0; p--)
        {
            var y0 = Load(y, mask);
            var y1 = TColumns.Count > 1 ? Load(y + yColumn, mask) : default;
            var (y2nd, y3rd) = TColumns.Count > 2 ? (Load(y2, mask), Load(y2 + yColumn, mask)) : default;
            Add(x, mask, y0, y1, y2nd, y3rd, ref c00, ref c01, ref c02, ref c03);
            if (TRows.Count > 1) Add(x + xRow, mask, y0, y1, y2nd, y3rd, ref c10, ref c11, ref c12, ref c13);
            if (TRows.Count > 2)
            {
                Add(x2, mask, y0, y1, y2nd, y3rd, ref c20, ref c21, ref c22, ref c23);
                Add(x2 + xRow, mask, y0, y1, y2nd, y3rd, ref c30, ref c31, ref c32, ref c33);
            }
            x += xStep;
            x2 += xStep;
            y += yStep;
            y2 += yStep;
        }

        Store(c, walk.CColumn, mask, c00, c01, c02, c03);
        if (TRows.Count > 1) Store(c + walk.CRow, walk.CColumn, mask, c10, c11, c12, c13);
        if (TRows.Count > 2)
        {
            Store(c + 2 * walk.CRow, walk.CColumn, mask, c20, c21, c22, c23);
            Store(c + 3 * walk.CRow, walk.CColumn, mask, c30, c31, c32, c33);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Load(T* source, V mask) => TPart.ArePart ? S.LoadFirst(source, mask) : S.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add(T* x, V mask, V y0, V y1, V y2, V y3, ref V sum0, ref V sum1, ref V sum2, ref V sum3)
    {
        var factor = Load(x, mask);
        sum0 = S.MultiplyAdd(factor, y0, sum0);
        if (TColumns.Count > 1) sum1 = S.MultiplyAdd(factor, y1, sum1);
        if (TColumns.Count > 2) sum2 = S.MultiplyAdd(factor, y2, sum2);
        if (TColumns.Count > 2) sum3 = S.MultiplyAdd(factor, y3, sum3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(T* row, nint column, V mask, V sum0, V sum1, V sum2, V sum3)
    {
        StoreOne(row, mask, sum0);
        if (TColumns.Count > 1) StoreOne(row + column, mask, sum1);
        if (TColumns.Count > 2) StoreOne(row + 2 * column, mask, sum2);
        if (TColumns.Count > 2) StoreOne(row + 3 * column, mask, sum3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreOne(T* to, V mask, V sum)
    {
        if (TPart.ArePart) S.StoreFirst(to, mask, sum);
        else S.Store(to, sum);
    }
}
