using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>for blocks of everything but the columns { for columns: buffer = a; out = whole lines of the buffer }</c>: rows that begin anywhere are
/// written past the caches in whole lines, for what a block of columns leaves of its last line is kept until the next one completes it.
/// </summary>
sealed unsafe class CarryingMoveKernel<T, TMove> : RangeKernel where T : unmanaged where TMove : struct, IMove<T>
{
    /// <summary>Per row, the line that is kept and the one that is turned next to it.</summary>
    const int Pitch = 2 * Lines.Bytes;

    readonly BlockedLoops _blocks;
    readonly Steps _steps;
    readonly nint _resultStep, _most;

    internal CarryingMoveKernel(KernelPlan plan, Rectangle rectangle, BlockedLoops blocks) : base(blocks.Count, plan.Iterations / blocks.Count)
    {
        _blocks = blocks;
        _most = (nint)blocks.Block(0);
        var steps = rectangle.Steps(Line * (nint)rectangle.Columns.Strides[0]);
        (_steps, _resultStep) = (steps with { ResultStep = Pitch / sizeof(T) }, steps.ResultStep * sizeof(T));
    }

    static nint Line => Lines.Bytes / sizeof(T);

    protected override void Run(nint* addresses, long from, long to)
    {
        var memory = stackalloc byte[(int)_most * Pitch + Lines.Bytes];
        var buffer = memory + (-(nint)memory & (Lines.Bytes - 1));
        var position = stackalloc long[_blocks.PositionLength];
        var current = stackalloc nint[] { addresses[0], addresses[1] };
        _blocks.Seek(from, position, current);
        for (; from < to; from++, _blocks.Next(position, current))
        {
            var (rows, columns) = (_blocks.Length(0, position), _blocks.Length(1, position));
            for (nint column = 0; column < columns; column += Line)
            {
                var width = Math.Min(Line, columns - column);
                TMove.Run<CachedStore>(_steps, (T*)current[0] + column * _steps.ColumnStep, (T*)(buffer + Lines.Bytes), rows, width);
                Write(buffer, current[1] + column * sizeof(T), rows, width * sizeof(T), isFirst: column == 0, isLast: column + width == columns);
            }
        }
        Lines.Fence();
    }

    /// <summary>
    /// The lines of each row that end here, the first of which may have begun before; then keeps the line that was turned. The first
    /// block's rows begin with a part of a line, the last one's end with one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Write(byte* buffer, nint result, nint rows, nint bytes, bool isFirst, bool isLast)
    {
        for (; rows > 0; rows--, buffer += Pitch, result += _resultStep)
        {
            var before = result & (Lines.Bytes - 1);
            var from = isFirst ? (Lines.Bytes - before) & (Lines.Bytes - 1) : -before;
            var now = buffer + Lines.Bytes;
            if (isFirst) Lines.Copy<CachedStore>(now, (byte*)result, Math.Min(from, bytes));
            for (; from <= bytes - Lines.Bytes; from += Lines.Bytes) Vector512.Load(now + from).StoreAlignedNonTemporal((byte*)result + from);
            if (isLast) Lines.Copy<CachedStore>(now + from, (byte*)result + from, Math.Max(bytes - from, 0));
            else Vector512.Load(buffer + Lines.Bytes).Store(buffer);
        }
    }
}
