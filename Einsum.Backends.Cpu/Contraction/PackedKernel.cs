namespace EinsumNet.Backends.Cpu;

/// <summary><c>out[batch, i, j] = sum over p of x[batch, i, p] * y[batch, j, p]</c>, among threads; see <see cref="ContractionShape"/>.</summary>
sealed unsafe class PackedKernel<T, V, S, TKernel> : CpuKernel
    where T : unmanaged where V : struct where S : struct, ISimd<T, V> where TKernel : struct, IMicroKernel<T>
{
    readonly ContractionShape _shape;
    readonly Blocking _blocks;
    readonly nuint _bytes;

    internal PackedKernel(ContractionShape shape)
    {
        _shape = shape;
        _blocks = Blocking.For(
            shape.Rows.Extent, shape.Columns.Extent, shape.Depth.Extent, TKernel.Rows, TKernel.Columns, sizeof(T), CacheSizes.Machine);
        _bytes = (nuint)Workspace<T>.Lay(null, _blocks, TKernel.Rows, TKernel.Columns, out _);
    }

    internal override void Run(nint* addresses, CpuContext context)
    {
        var threads = TaskGrid.ThreadsFor(_shape.MultiplyAdds, context.MaxThreads);
        var grid = TaskGrid.For(_shape.Batch.Extent, _shape.Rows.Extent, _shape.Columns.Extent, threads, TKernel.Rows, TKernel.Columns);
        var job = new Job(this, grid, (T*)addresses[_shape.X], (T*)addresses[_shape.Y], (T*)addresses[2], context.Cancellation);
        WorkerPool.Shared.Run(ref job, grid.Tasks, threads);
    }

    void RunPart(TaskPart part, T* x, T* y, T* c, CancellationToken cancellation)
    {
        if (part.Batch.Count == 0 || part.Rows.Count == 0 || part.Columns.Count == 0) return;
        var buffer = PackBuffers.Rent(_bytes);
        try
        {
            Workspace<T>.Lay(buffer.Start, _blocks, TKernel.Rows, TKernel.Columns, out var work);
            new BlockedProduct<T, V, S, TKernel>(_shape, part, _blocks, work, cancellation).Run(x, y, c);
        }
        finally
        {
            PackBuffers.Return(buffer);
        }
    }

    readonly struct Job(PackedKernel<T, V, S, TKernel> kernel, TaskGrid grid, T* x, T* y, T* c, CancellationToken cancellation) : IJob
    {
        public void Execute(int task) => kernel.RunPart(grid[task], x, y, c, cancellation);
    }
}
