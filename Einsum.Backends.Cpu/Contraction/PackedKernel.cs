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

    internal PackedKernel(KernelPlan plan)
    {
        _shape = ContractionShape.Of(plan, (TKernel.Rows, TKernel.Columns), CacheSizes.Machine, out _blocks);
        _bytes = (nint)Lay(null, out _);
    }

    internal override void Run(nint* addresses, CpuContext context)
    {
        var threads = TaskGrid.ThreadsFor(_shape.MultiplyAdds, context.MaxThreads);
        // A task had better have whole patches, where there are plenty.
        var unit = _shape.Columns.Patch * PatchesPerThread * threads <= _shape.Columns.Extent ? (int)_shape.Columns.Patch : TKernel.Columns;
        var grid = TaskGrid.For(_shape.Batch.Extent, _shape.Rows.Extent, _shape.Columns.Extent, threads, _blocks.TileRows, unit);
        var job = new Job(this, grid, (T*)addresses[_shape.X], (T*)addresses[_shape.Y], (T*)addresses[2], context.Cancellation);
        WorkerPool.Shared.Run(ref job, grid.Tasks, threads);
    }

    void RunPart(TaskPart part, T* x, T* y, T* c, CancellationToken cancellation)
    {
        if (part.Batch.Count == 0 || part.Rows.Count == 0 || part.Columns.Count == 0) return;
        var buffer = NativePool.Rent(_bytes);
        try
        {
            Lay(buffer.Address, out var work);
            new BlockedProduct<T, V, S, TKernel>(_shape, part, _blocks, work, cancellation).Run(x, y, c);
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

    readonly struct Job(PackedKernel<T, V, S, TKernel> kernel, TaskGrid grid, T* x, T* y, T* c, CancellationToken cancellation) : IJob
    {
        public void Execute(int task) => kernel.RunPart(grid[task], x, y, c, cancellation);
    }
}
