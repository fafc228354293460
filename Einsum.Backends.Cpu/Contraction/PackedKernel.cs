namespace EinsumNet.Backends.Cpu;

/// <summary><c>out[batch, i, j] = sum over p of x[batch, i, p] * y[batch, j, p]</c>, split among threads; see <see cref="ContractionShape"/>.</summary>
sealed unsafe class PackedKernel<T, V, S, TKernel>(ContractionShape shape) : CpuKernel
    where T : unmanaged where V : struct where S : struct, ISimd<T, V> where TKernel : struct, IMicroKernel<T>
{
    internal override void Run(nint* addresses, CpuContext context)
    {
        var threads = TaskGrid.ThreadsFor(shape.MultiplyAdds, context.MaxThreads);
        var job = new Job(
            shape,
            TaskGrid.For(shape.Batch.Extent, shape.Rows.Extent, shape.Columns.Extent, threads, TKernel.Rows, TKernel.Columns),
            (T*)addresses[shape.X], (T*)addresses[shape.Y], (T*)addresses[2],
            context.Cancellation);
        WorkerPool.Shared.Run(ref job, job.Tasks, threads);
    }

    readonly struct Job(ContractionShape shape, TaskGrid grid, T* x, T* y, T* c, CancellationToken cancellation) : IJob
    {
        internal int Tasks => grid.Tasks;

        public void Execute(int task)
        {
            var part = grid[task];
            if (part.Batch.Count == 0 || part.Rows.Count == 0 || part.Columns.Count == 0) return;
            var blocks = Blocking.For(
                part.Rows.Count, part.Columns.Count, shape.Depth.Extent, TKernel.Rows, TKernel.Columns, sizeof(T), CacheSizes.Machine);
            var bytes = (nuint)Workspace<T>.Lay(null, blocks, TKernel.Rows, TKernel.Columns, out _);
            var buffer = PackBuffers.Rent(bytes);
            try
            {
                Workspace<T>.Lay(buffer.Start, blocks, TKernel.Rows, TKernel.Columns, out var work);
                new BlockedProduct<T, V, S, TKernel>(shape, part, blocks, work, cancellation).Run(x, y, c);
            }
            finally
            {
                PackBuffers.Return(buffer);
            }
        }
    }
}
