using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>for blocks of everything { for more { for rows, columns of the rectangle: out = a } }</c>, straight into the result: a block's lines of both
/// fit the first cache together, so that each is used whole while it is there.
/// </summary>
sealed unsafe class MoveKernel<T, TMove, TStore> : RangeKernel where T : unmanaged where TMove : struct, IMove<T> where TStore : struct, IStore
{
    readonly BlockedLoops _blocks;
    readonly Steps _steps;
    readonly nint _moreStep, _moreResultStep;

    internal MoveKernel(KernelPlan plan, Rectangle rectangle, Loop? more, BlockedLoops blocks, bool resultIsFar) : base(blocks.Count, plan.Iterations / blocks.Count)
    {
        _blocks = blocks;
        // What fits the caches needs no help, and has none to spare.
        _steps = rectangle.Steps(typeof(TStore) == typeof(StreamingStore) ? blocks.Ahead(0) : 0) with { ResultIsFar = resultIsFar };
        (_moreStep, _moreResultStep) = ((nint)(more?.Strides[0] ?? 0), (nint)(more?.ResultStride ?? 0));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(nint* addresses, long from, long to)
    {
        var position = stackalloc long[_blocks.PositionLength];
        var current = stackalloc nint[] { addresses[0], addresses[1] };
        _blocks.Seek(from, position, current);
        for (; from < to; from++, _blocks.Next(position, current))
        {
            var (rows, columns, more) = (_blocks.Length(0, position), _blocks.Length(1, position), _blocks.Length(2, position));
            for (nint m = 0; m < more; m++)
                TMove.Run<TStore>(_steps, (T*)current[0] + m * _moreStep, (T*)current[1] + m * _moreResultStep, rows, columns);
        }
        if (typeof(TStore) == typeof(StreamingStore)) Lines.Fence();
    }
}
