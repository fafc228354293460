using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>c[rows[i] + columns[j]] = sum over s, in order, of blocks[s][i, j]</c>: what the stretches of a <see cref="DepthSplit"/> gave. A task is some rows.</summary>
readonly unsafe struct PartialSums<T, V, S> : IJob where T : unmanaged where V : struct where S : struct, ISimd<T, V>
{
    const int RowsPerTask = 16;

    readonly DepthSplit _split;
    readonly T* _blocks, _c;
    readonly nint* _rows, _columns;
    readonly int _columnCount;

    /// <param name="shape">The product.</param>
    /// <param name="split">Its stretches.</param>
    /// <param name="memory">For the sums and the offsets.</param>
    /// <param name="c">The result.</param>
    internal PartialSums(ContractionShape shape, DepthSplit split, byte* memory, T* c)
    {
        _split = split;
        _blocks = (T*)memory;
        _rows = (nint*)(_blocks + split.Count * split.Block);
        _columns = _rows + split.Rows;
        _columnCount = (int)shape.Columns.Extent;
        _c = c;
        shape.Rows.Offsets(ContractionShape.Result, 0, (int)split.Rows, _rows);
        shape.Columns.Offsets(ContractionShape.Result, 0, _columnCount, _columns);
    }

    internal int Tasks => (int)((_split.Rows + RowsPerTask - 1) / RowsPerTask);

    internal T* Block(int stretch) => _blocks + stretch * _split.Block;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Execute(int task)
    {
        var end = Math.Min(_split.Rows, (long)(task + 1) * RowsPerTask);
        for (var row = (long)task * RowsPerTask; row < end; row++)
        {
            Add(_blocks + (nint)row * _split.Stride);
            Store(_blocks + (nint)row * _split.Stride, _c + _rows[row]);
        }
    }

    /// <summary>Adds the row of all further blocks to that of the first; rows are padded to whole vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Add(T* row)
    {
        for (var j = 0; j < _columnCount; j += S.Count)
        {
            var sum = S.Load(row + j);
            for (var s = 1; s < _split.Count; s++) sum = S.Add(sum, S.Load(row + s * _split.Block + j));
            S.Store(row + j, sum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Store(T* row, T* c)
    {
        int run;
        for (var j = 0; j < _columnCount; j += run)
        {
            run = Offsets.Run(_columns + j, _columnCount - j);
            if (run == 1) c[_columns[j]] = row[j];
            else Lines.Copy<CachedStore>((byte*)(row + j), (byte*)(c + _columns[j]), (nint)run * sizeof(T));
        }
    }
}
