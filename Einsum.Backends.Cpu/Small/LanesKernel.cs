using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>out[i, j, b] = sum over p of x[i, p, b] * y[p, j, b]</c> where all have neighbours along the batch loop b: vectors hold entries of the batch, and
/// each operation does one step of the same product for all of them.
/// </summary>
sealed unsafe class LanesKernel<T, V, S> : BlockKernel
    where T : unmanaged where V : struct where S : struct, ISimd<T, V>
{
    const int Result = 2;

    readonly nint _rows, _columns;
    readonly LanesWalk _walk;

    internal LanesKernel(KernelPlan plan, LanesShape shape) : base(plan, shape.Lanes, shape.Rest(plan), 2 * S.Count)
    {
        (_rows, _columns) = ((nint)(shape.Rows?.Extent ?? 1), (nint)(shape.Columns?.Extent ?? 1));
        _walk = new LanesWalk((nint)shape.Depth.Extent, Stride(shape.Rows, 0), Stride(shape.Depth, 0), Stride(shape.Depth, 1), Stride(shape.Columns, 1),
            Stride(shape.Rows, Result), Stride(shape.Columns, Result));
    }

    static nint Stride(Loop? loop, int operand) => (nint)(loop?.Strides[operand] ?? 0);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(nint* addresses, long count)
    {
        T* x = (T*)addresses[0], y = (T*)addresses[1], c = (T*)addresses[Result];
        var lanes = (nint)count;
        nint b = 0;
        for (; b <= lanes - S.Count; b += S.Count) Matrix<OneVector>(x + b, y + b, c + b, S.Count);
        if (b < lanes) Matrix<PartVector>(x + b, y + b, c + b, lanes - b);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Matrix<TPart>(T* x, T* y, T* c, nint lanes) where TPart : struct, ITileColumns
    {
        var rows = _rows;
        nint i = 0;
        for (; i <= rows - 4; i += 4) Row<FourRows, TPart>(i, x, y, c, lanes);
        // What is left over is computed in a tile that ends with the last row; some of its rows have been before.
        if (rows - i > 2 && rows > 4) Row<FourRows, TPart>(rows - 4, x, y, c, lanes);
        else if (rows - i > 1)
        {
            Row<TwoRows, TPart>(i, x, y, c, lanes);
            if (rows - i > 2) Row<TwoRows, TPart>(rows - 2, x, y, c, lanes);
        }
        else if (rows > i) Row<OneRow, TPart>(i, x, y, c, lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Row<TRows, TPart>(nint i, T* x, T* y, T* c, nint lanes) where TRows : struct, ITileRows where TPart : struct, ITileColumns
    {
        x += i * _walk.XRow;
        c += i * _walk.CRow;
        var columns = _columns;
        nint j = 0;
        // Sixteen registers hold the sums of four rows of two columns.
        if (!S.HasManyRegisters && TRows.Count == 4)
            for (; j <= columns - 2; j += 2) Tile<TRows, TwoRows, TPart>(x, y, j, c, lanes);
        for (; j <= columns - 4; j += 4) Tile<TRows, FourRows, TPart>(x, y, j, c, lanes);
        if (columns - j > 2 && columns > 4) Tile<TRows, FourRows, TPart>(x, y, columns - 4, c, lanes);
        else if (columns - j > 1)
        {
            Tile<TRows, TwoRows, TPart>(x, y, j, c, lanes);
            if (columns - j > 2) Tile<TRows, TwoRows, TPart>(x, y, columns - 2, c, lanes);
        }
        else if (columns > j) Tile<TRows, OneRow, TPart>(x, y, j, c, lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Tile<TRows, TColumns, TPart>(T* x, T* y, nint j, T* c, nint lanes)
        where TRows : struct, ITileRows where TColumns : struct, ITileRows where TPart : struct, ITileColumns =>
        LanesTile<T, V, S, TRows, TColumns, TPart>.Run(_walk, x, y + j * _walk.YColumn, c + j * _walk.CColumn, lanes);
}
