namespace EinsumNet.Backends.Cpu;

/// <summary>
/// A kernel whose outermost loop is a range of independent iterations, each writing its own elements of the result. The range is cut into
/// stretches that threads share, and between which cancellation is looked at. The cuts do not depend on the number of threads.
/// </summary>
abstract unsafe class RangeKernel : CpuKernel
{
    /// <summary>A fraction of a millisecond.</summary>
    const double StretchWork = 1 << 19;

    readonly long _iterations, _stretch;

    /// <param name="iterations">The length of the range; nothing runs where it is 0.</param>
    /// <param name="work">Operands' elements read per iteration, over all loops inside.</param>
    /// <param name="grain">A stretch is a multiple of so many iterations, the last one apart.</param>
    private protected RangeKernel(long iterations, double work, long grain = 1)
    {
        var grains = Math.Clamp(Math.Ceiling(StretchWork / Math.Max(work, 1) / grain), Math.Ceiling((double)iterations / int.MaxValue / grain),
            Math.Ceiling((double)Math.Max(iterations, 1) / grain));
        (_iterations, _stretch) = (iterations, (long)grains * grain);
    }

    internal sealed override void Run(nint* addresses, CpuContext context) => Share(new Job(this, addresses, null, null, context.Cancellation), context);

    internal sealed override void Run(nint* addresses, CpuContext context, KernelHooks hooks, nint* state) => Share(new Job(this, addresses, hooks, state, context.Cancellation), context);

    void Share(Job job, CpuContext context) => WorkerPool.Shared.Run(ref job, (int)((_iterations + _stretch - 1) / _stretch), context.MaxThreads);

    /// <summary>Runs the iterations in [<paramref name="from"/>, <paramref name="to"/>), which is not empty, on the first elements of everything.</summary>
    protected abstract void Run(nint* addresses, long from, long to);

    /// <summary>The same with what is computed in between.</summary>
    protected virtual void Run(nint* addresses, long from, long to, KernelHooks hooks, nint* state) => throw new InvalidOperationException("Nothing is computed within this kernel.");

    readonly struct Job(RangeKernel kernel, nint* addresses, KernelHooks? hooks, nint* state, CancellationToken cancellation) : IJob
    {
        public void Execute(int task)
        {
            cancellation.ThrowIfCancellationRequested();
            var from = task * kernel._stretch;
            var to = Math.Min(from + kernel._stretch, kernel._iterations);
            if (hooks is null) kernel.Run(addresses, from, to);
            else kernel.Run(addresses, from, to, hooks, state);
        }
    }
}
