using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>out[batch, i, j] = sum over p of x[batch, i, p] * y[batch, j, p]</c>, among threads; see <see cref="ContractionShape"/>.</summary>
sealed unsafe class PackedKernel<T, V, S, TKernel> : CpuKernel
    where T : unmanaged where V : struct where S : struct, ISimd<T, V> where TKernel : struct, IMicroKernel<T>
{
    const int PatchesPerThread = 8;

    static readonly KernelHooks s_none = new([default, default], null);

    readonly ContractionShape _shape;
    readonly Blocking _blocks;
    readonly nint _bytes;
    readonly DepthSplit _split;
    readonly ComputedLayout? _computedX, _computedY;

    internal PackedKernel(KernelPlan plan, CacheSizes caches)
    {
        _shape = ContractionShape.Of(plan, (TKernel.Rows, TKernel.Columns), caches, out _blocks);
        var depthBytes = (double)_shape.Depth.Extent * sizeof(T);
        _blocks = _blocks with { IsXFar = _shape.Rows.Extent * depthBytes > caches.L2, IsYFar = _shape.Batch.Extent * _shape.Columns.Extent * depthBytes > caches.L2 };
        _bytes = (nint)Lay(null, out _);
        _split = DepthSplit.For(_shape, _blocks, TKernel.Columns, sizeof(T));
        PartAxes = _split.Count > 1 ? null : AxesOf(plan);
        if (_blocks.Collects) return;
        var (rows, columns) = _shape.X == 0 ? (LoopRole.Left, LoopRole.Right) : (LoopRole.Right, LoopRole.Left);
        _computedX = ComputedLayout.For(plan, _shape.X, rows, _blocks.TileRows, _blocks.Depth);
        _computedY = ComputedLayout.For(plan, _shape.Y, columns, TKernel.Columns, _blocks.Depth);
    }

    internal override long[]? PartAxes { get; }

    /// <summary>The loops of batch, rows and columns, one each at most, where they lie in the result in this order, without gaps.</summary>
    static long[]? AxesOf(KernelPlan plan)
    {
        if (DenseLoops.Of(plan.Loops.Where(loop => loop.Role != LoopRole.Contracted), plan.Operands.Length) is not { } loops) return null;
        if (loops.DistinctBy(loop => loop.Role).Count() != loops.Length || loops.Length < 2 || loops.Length == 3 && loops[0].Role != LoopRole.Batch || loops.Length == 2 && loops.Any(loop => loop.Role == LoopRole.Batch)) return null;
        return [.. loops.Select(loop => loop.Extent)];
    }

    internal override OperandBlocks? BlocksOf(int operand) => (operand == _shape.X ? _computedX : _computedY)?.Blocks;

    internal override void Run(nint* addresses, CpuContext context) => Run(addresses, context, s_none, null);

    internal override void Run(nint* addresses, CpuContext context, KernelHooks hooks, nint* state)
    {
        if (_shape.Batch.Extent == 0 || _shape.Rows.Extent == 0 || _shape.Columns.Extent == 0) return;
        var run = new RunState(this, (T*)addresses[_shape.X], (T*)addresses[_shape.Y], (T*)addresses[2], hooks, state, context.Cancellation);
        var threads = TaskGrid.ThreadsFor(_shape.MultiplyAdds, context.MaxThreads);
        if (_split.Count > 1)
        {
            RunSplit(run, threads);
            return;
        }

        // A task had better have whole patches, where there are plenty.
        var unit = _shape.Columns.Patch * PatchesPerThread * threads <= _shape.Columns.Extent ? (int)_shape.Columns.Patch : TKernel.Columns;
        var grid = TaskGrid.For(
            _shape.Batch.Extent, _shape.Rows.Extent, _shape.Columns.Extent, _shape.Depth.Extent, threads, _blocks.TileRows, unit, sizeof(T),
            wholeRows: hooks.Done is not null, hooks.Sources[_shape.X].Work, hooks.Sources[_shape.Y].Work);
        // What is cut by columns is gone on with as a whole.
        var tells = hooks.Done is not null && grid.ColumnParts == 1;
        var job = new Job(run, grid, tells);
        WorkerPool.Shared.Run(ref job, grid.Tasks, threads);
        if (hooks.Done is not null && !tells) new ToldParts(hooks.Done, state, PartAxes!.Length == 3).Tell(new TaskRange(0, _shape.Batch.Extent), new TaskRange(0, _shape.Rows.Extent), new TaskRange(0, _shape.Columns.Extent));
    }

    void RunSplit(RunState run, int threads)
    {
        var buffer = NativePool.Rent(_split.Bytes(sizeof(T)));
        try
        {
            var sums = new PartialSums<T, V, S>(_shape, _split, buffer.Address, run.Result);
            var job = new SplitJob(run, sums);
            WorkerPool.Shared.Run(ref job, _split.Count, threads);
            WorkerPool.Shared.Run(ref sums, sums.Tasks, threads);
        }
        finally
        {
            NativePool.Return(buffer);
        }
    }

    byte* Lay(byte* start, out Workspace<T> work)
    {
        return Workspace<T>.Lay(start, _blocks, _blocks.KeepsX ? (int)(_blocks.KeptDepth / _blocks.Depth) : 1, TKernel.Rows, TKernel.Columns, out work);
    }

    /// <summary>What the tasks of one run share.</summary>
    readonly struct RunState(PackedKernel<T, V, S, TKernel> kernel, T* x, T* y, T* c, KernelHooks hooks, nint* state, CancellationToken cancellation)
    {
        internal PackedKernel<T, V, S, TKernel> Kernel => kernel;

        internal T* Result => c;

        internal void Part(TaskPart part, T* partial, bool tells)
        {
            if (part.Batch.Count == 0 || part.Rows.Count == 0 || part.Columns.Count == 0) return;
            var (ofX, ofY) = (hooks.Sources[kernel._shape.X], hooks.Sources[kernel._shape.Y]);
            var elements = Math.Max(ofX.Write is null ? 0 : kernel._computedX!.Elements, ofY.Write is null ? 0 : kernel._computedY!.Elements);
            var buffer = NativePool.Rent(kernel._bytes + (nint)elements * sizeof(T));
            try
            {
                var computed = (T*)kernel.Lay(buffer.Address, out var work);
                var sourceX = ofX.Write is null ? default : new BlockSource<T>(kernel._computedX!, ofX.Write, state, computed);
                var sourceY = ofY.Write is null ? default : new BlockSource<T>(kernel._computedY!, ofY.Write, state, computed);
                var told = tells ? new ToldParts(hooks.Done!, state, kernel.PartAxes!.Length == 3) : default;
                new BlockedProduct<T, V, S, TKernel>(kernel._shape, part, kernel._blocks, work, partial, kernel._split.Stride, sourceX, sourceY, told, cancellation).Run(x, y, partial is null ? c : null);
                // Lines written past the caches are to be seen by whoever is told that this task is done.
                if (kernel._blocks.Streams && Sse.IsSupported) Sse.StoreFence();
            }
            finally
            {
                NativePool.Return(buffer);
            }
        }
    }

    readonly struct Job(RunState run, TaskGrid grid, bool tells) : IJob
    {
        public void Execute(int task) => run.Part(grid[task], null, tells);
    }

    readonly struct SplitJob(RunState run, PartialSums<T, V, S> sums) : IJob
    {
        public void Execute(int task)
        {
            var (shape, split) = (run.Kernel._shape, run.Kernel._split);
            run.Part(new TaskPart(new TaskRange(0, 1), new TaskRange(0, shape.Rows.Extent), new TaskRange(0, shape.Columns.Extent), split[task]), sums.Block(task), false);
        }
    }
}
