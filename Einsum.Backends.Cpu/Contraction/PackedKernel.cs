using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>out[batch, i, j] = sum over p of x[batch, i, p] * y[batch, j, p]</c>, among threads; see <see cref="ContractionShape"/>.</summary>
sealed unsafe class PackedKernel<T, V, S, TKernel> : CpuKernel
    where T : unmanaged where V : struct where S : struct, ISimd<T, V> where TKernel : struct, IMicroKernel<T>
{
    const int PatchesPerThread = 8;

    readonly ContractionShape _shape;
    readonly Blocking _blocks;
    readonly nint _bytes;
    readonly DepthSplit _split;

    internal PackedKernel(KernelPlan plan)
    {
        _shape = ContractionShape.Of(plan, (TKernel.Rows, TKernel.Columns), CacheSizes.Machine, out _blocks);
        _bytes = (nint)Lay(null, out _);
        _split = DepthSplit.For(_shape, _blocks, TKernel.Columns, sizeof(T));
        PartAxes = _split.Count > 1 ? null : AxesOf(plan);
    }

    internal override long[]? PartAxes { get; }

    /// <summary>The loops of batch, rows and columns, one each at most, where they lie in the result in this order, without gaps.</summary>
    static long[]? AxesOf(KernelPlan plan)
    {
        Loop[] loops = [.. plan.Loops.Where(loop => loop.Role != LoopRole.Contracted).OrderByDescending(loop => loop.ResultStride)];
        if (loops.DistinctBy(loop => loop.Role).Count() != loops.Length || loops.Length < 2 || loops.Length == 3 && loops[0].Role != LoopRole.Batch || loops.Length == 2 && loops.Any(loop => loop.Role == LoopRole.Batch)) return null;
        var size = 1L;
        foreach (var loop in loops.Reverse())
        {
            if (loop.ResultStride != size) return null;
            size *= loop.Extent;
        }
        return [.. loops.Select(loop => loop.Extent)];
    }

    internal override void Run(nint* addresses, CpuContext context) => Run(addresses, context, null, null);

    internal override void Run(nint* addresses, CpuContext context, PartDone? done, nint* state)
    {
        var threads = TaskGrid.ThreadsFor(_shape.MultiplyAdds, context.MaxThreads);
        if (_split.Count > 1)
        {
            RunSplit(threads, (T*)addresses[_shape.X], (T*)addresses[_shape.Y], (T*)addresses[2], context);
            return;
        }

        // Few rows are cut by columns, and gone on with as a whole.
        var byRows = done is not null && (threads == 1 || _shape.Batch.Extent >= threads || _shape.Rows.Extent >= (long)threads * _blocks.TileRows);
        // A task had better have whole patches, where there are plenty.
        var unit = _shape.Columns.Patch * PatchesPerThread * threads <= _shape.Columns.Extent ? (int)_shape.Columns.Patch : TKernel.Columns;
        var grid = TaskGrid.For(_shape.Batch.Extent, _shape.Rows.Extent, _shape.Columns.Extent, _shape.Depth.Extent, threads, _blocks.TileRows, unit, byRows);
        var job = new Job(this, grid, (T*)addresses[_shape.X], (T*)addresses[_shape.Y], (T*)addresses[2], byRows ? done : null, state, context.Cancellation);
        WorkerPool.Shared.Run(ref job, grid.Tasks, threads);
        if (done is not null && !byRows) Tell(done, state, new TaskPart(new TaskRange(0, _shape.Batch.Extent), new TaskRange(0, _shape.Rows.Extent), new TaskRange(0, _shape.Columns.Extent), default));
    }

    void Tell(PartDone done, nint* state, TaskPart part)
    {
        var bounds = stackalloc long[6] { part.Batch.Start, part.Batch.End, part.Rows.Start, part.Rows.End, part.Columns.Start, part.Columns.End };
        done(state, PartAxes!.Length == 3 ? bounds : bounds + 2);
    }

    void RunSplit(int threads, T* x, T* y, T* c, CpuContext context)
    {
        var buffer = NativePool.Rent(_split.Bytes(sizeof(T)));
        try
        {
            var sums = new PartialSums<T, V, S>(_shape, _split, buffer.Address, c);
            var job = new SplitJob(this, x, y, sums, context.Cancellation);
            WorkerPool.Shared.Run(ref job, _split.Count, threads);
            WorkerPool.Shared.Run(ref sums, sums.Tasks, threads);
        }
        finally
        {
            NativePool.Return(buffer);
        }
    }

    void RunPart(TaskPart part, T* x, T* y, T* c, T* partial, CancellationToken cancellation)
    {
        if (part.Batch.Count == 0 || part.Rows.Count == 0 || part.Columns.Count == 0) return;
        var buffer = NativePool.Rent(_bytes);
        try
        {
            Lay(buffer.Address, out var work);
            new BlockedProduct<T, V, S, TKernel>(_shape, part, _blocks, work, partial, _split.Stride, cancellation).Run(x, y, c);
            // Lines written past the caches are to be seen by whoever is told that this task is done.
            if (_blocks.Streams && Sse.IsSupported) Sse.StoreFence();
        }
        finally
        {
            NativePool.Return(buffer);
        }
    }

    byte* Lay(byte* start, out Workspace<T> work)
    {
        var depthBlocks = _blocks.KeepsX ? (int)((_shape.Depth.Extent + _blocks.Depth - 1) / _blocks.Depth) : 1;
        return Workspace<T>.Lay(start, _blocks, Math.Max(depthBlocks, 1), TKernel.Rows, TKernel.Columns, out work);
    }

    readonly struct Job(PackedKernel<T, V, S, TKernel> kernel, TaskGrid grid, T* x, T* y, T* c, PartDone? done, nint* state, CancellationToken cancellation) : IJob
    {
        public void Execute(int task)
        {
            var part = grid[task];
            kernel.RunPart(part, x, y, c, null, cancellation);
            if (done is not null) kernel.Tell(done, state, part);
        }
    }

    readonly struct SplitJob(PackedKernel<T, V, S, TKernel> kernel, T* x, T* y, PartialSums<T, V, S> sums, CancellationToken cancellation) : IJob
    {
        public void Execute(int task)
        {
            var (shape, split) = (kernel._shape, kernel._split);
            var part = new TaskPart(new TaskRange(0, 1), new TaskRange(0, shape.Rows.Extent), new TaskRange(0, shape.Columns.Extent), split[task]);
            kernel.RunPart(part, x, y, null, sums.Block(task), cancellation);
        }
    }
}
