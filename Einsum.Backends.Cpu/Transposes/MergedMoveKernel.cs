using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>for blocks { for a run of the result: buffer = a run of the operand; out = turned buffer }</c></summary>
sealed unsafe class MergedMoveKernel<T, TMove> : RangeKernel where T : unmanaged where TMove : struct, IMove<T>
{
    readonly AxisRun _rows, _columns;
    readonly BlockedLoops _blocks;
    readonly nint[] _sources, _results;
    readonly Steps _steps;
    readonly int _pitch, _bytes;

    internal MergedMoveKernel(KernelPlan plan, MergedRectangle rectangle) : this(plan, rectangle.Rows, rectangle.Columns,
        new BlockedLoops(plan, MoveFactory.Around(plan, rectangle.Rows, rectangle.Columns), (rectangle.Rows.Cut, rectangle.Rows.Block), (rectangle.Columns.Cut, rectangle.Columns.Block)))
    { }

    MergedMoveKernel(KernelPlan plan, AxisRun rows, AxisRun columns, BlockedLoops blocks) : base(blocks.Count, plan.Iterations / blocks.Count)
    {
        (_rows, _columns, _blocks) = (rows, columns, blocks);
        (_sources, _results) = (columns.Offsets(0), rows.Offsets(1));
        _pitch = (columns.Length + Line - 1) / Line * Line;
        _steps = new(0, Line, HasOneAxis ? (nint)rows.Cut.ResultStride : _pitch);
        _bytes = (columns.Length * Line + (HasOneAxis ? 0 : rows.Length * _pitch)) * sizeof(T) + Lines.Bytes;
    }

    static int Line => Lines.Bytes / sizeof(T);

    /// <summary>Whether rows lie a constant step apart in the result.</summary>
    bool HasOneAxis => _rows.Whole.Length == 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(nint* addresses, long from, long to)
    {
        var memory = stackalloc byte[_bytes];
        var buffer = (T*)(memory + (-(nint)memory & (Lines.Bytes - 1)));
        var turned = buffer + _columns.Length * Line;
        var position = stackalloc long[_blocks.PositionLength];
        var current = stackalloc nint[] { addresses[0], addresses[1] };
        _blocks.Seek(from, position, current);
        fixed (nint* sources = _sources, results = _results)
            for (; from < to; from++, _blocks.Next(position, current))
            {
                // The last run along a loop that is cut begins within the one before.
                var (rows, columns) = ((nint)_rows.Block - _blocks.Length(0, position), (nint)_columns.Block - _blocks.Length(1, position));
                var source = (T*)current[0] - rows * (nint)_rows.Cut.Strides[0] - columns * (nint)_columns.Cut.Strides[0];
                var result = (T*)current[1] - rows * (nint)_rows.Cut.ResultStride - columns * (nint)_columns.Cut.ResultStride;
                Gather(source, sources, buffer);
                TMove.Run<CachedStore>(_steps, buffer, HasOneAxis ? result : turned, _rows.Length, _columns.Length);
                if (!HasOneAxis) Scatter(turned, result, results);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Gather(T* source, nint* sources, T* buffer)
    {
        nint bytes = _rows.Length * sizeof(T);
        for (var column = 0; column < _columns.Length; column++, buffer += Line) Lines.Copy<CachedStore>((byte*)(source + sources[column]), (byte*)buffer, bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Scatter(T* turned, T* result, nint* results)
    {
        nint bytes = _columns.Length * sizeof(T);
        for (var row = 0; row < _rows.Length; row++, turned += _pitch) Lines.Copy<CachedStore>((byte*)turned, (byte*)(result + results[row]), bytes);
    }
}
