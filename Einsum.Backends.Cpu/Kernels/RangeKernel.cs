namespace EinsumNet.Backends.Cpu;

/// <summary>
/// A kernel whose outermost loop is a range of independent iterations, each writing its own elements of the result. The range is cut into
/// stretches, between which cancellation is looked at.
/// </summary>
/// <param name="iterations">The length of the range; nothing runs where it is 0.</param>
/// <param name="work">Multiplications, or elements moved, per iteration.</param>
/// <param name="grain">A stretch is a multiple of so many iterations, the last one apart.</param>
abstract unsafe class RangeKernel(long iterations, double work, long grain = 1) : CpuKernel
{
    /// <summary>About a millisecond of work.</summary>
    const double StretchWork = 1 << 20;

    readonly long _stretch = (long)Math.Clamp(Math.Ceiling(StretchWork / Math.Max(work, 1) / grain), 1, Math.Max(iterations / grain, 1)) * grain;

    internal sealed override void Run(nint* addresses, CpuContext context)
    {
        for (var from = 0L; from < iterations; from += _stretch)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            Run(addresses, from, Math.Min(from + _stretch, iterations));
        }
    }

    /// <summary>Runs the iterations in [<paramref name="from"/>, <paramref name="to"/>), which is not empty, on the first elements of everything.</summary>
    protected abstract void Run(nint* addresses, long from, long to);
}
