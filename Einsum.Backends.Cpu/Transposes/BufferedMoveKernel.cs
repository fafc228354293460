using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>for blocks of everything { for rows, columns, more: buffer = a; out = buffer }</c>: stretches of the result longer than a row, and not
/// aligned, are put together in the first cache and then written past it; or rows so far apart that the first cache could not hold a line of each
/// are written one after the other.
/// </summary>
sealed unsafe class BufferedMoveKernel<T, TMove, TStore> : RangeKernel where T : unmanaged where TMove : struct, IMove<T> where TStore : struct, IStore
{
    readonly BlockedLoops _blocks;
    readonly Steps _steps;
    readonly nint _moreStep, _resultStep, _pitch, _columns;
    readonly int _bufferBytes;
    readonly bool _isDense;

    internal BufferedMoveKernel(KernelPlan plan, Rectangle rectangle, BlockedLoops blocks) : base(blocks.Count, plan.Iterations / blocks.Count)
    {
        _blocks = blocks;
        _columns = (nint)rectangle.Columns.Extent;
        _moreStep = (nint)(rectangle.More?.Strides[0] ?? 0);
        var stretch = (nint)(blocks.Block(1) * blocks.Block(2));
        _isDense = rectangle.IsDense && stretch == _columns;
        var line = Lines.Bytes / sizeof(T);
        // An odd number of lines, so that not all rows meet in the same few sets of the cache.
        _pitch = _isDense ? stretch : ((stretch + line - 1) / line | 1) * line;
        _bufferBytes = (int)(blocks.Block(0) * _pitch * sizeof(T)) + Lines.Bytes;
        var steps = rectangle.Steps(typeof(TStore) == typeof(StreamingStore) ? blocks.Ahead(0) : 0);
        (_steps, _resultStep) = (steps with { ResultStep = _pitch }, steps.ResultStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(nint* addresses, long from, long to)
    {
        var memory = stackalloc byte[_bufferBytes];
        var buffer = (T*)(memory + (-(nint)memory & (Lines.Bytes - 1)));
        var position = stackalloc long[_blocks.PositionLength];
        var current = stackalloc nint[] { addresses[0], addresses[1] };
        _blocks.Seek(from, position, current);
        for (; from < to; from++, _blocks.Next(position, current))
        {
            var (rows, columns, more) = (_blocks.Length(0, position), _blocks.Length(1, position), _blocks.Length(2, position));
            for (nint m = 0; m < more; m++) TMove.Run<CachedStore>(_steps, (T*)current[0] + m * _moreStep, buffer + m * _columns, rows, columns);
            Flush(buffer, (T*)current[1], rows, more > 1 ? more * _columns : columns);
        }
        if (typeof(TStore) == typeof(StreamingStore)) Lines.Fence();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Flush(T* buffer, T* result, nint rows, nint stretch)
    {
        var bytes = stretch * sizeof(T);
        if (_isDense) (bytes, rows) = (bytes * rows, 1);
        for (; rows > 0; rows--, buffer += _pitch, result += _resultStep)
        {
            if (typeof(TStore) == typeof(StreamingStore)) Lines.Stream((byte*)buffer, (byte*)result, bytes);
            else Lines.Copy<CachedStore>((byte*)buffer, (byte*)result, bytes);
        }
    }
}
