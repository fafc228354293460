using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>out[i * s] = a[i * t]</c>: no two neighbours in sight, or the same element again and again.</summary>
sealed unsafe class CopyStrided<T>(KernelPlan plan, Loop? inner) : BlockKernel(plan, inner, plan.Loops.Where(loop => !ReferenceEquals(loop, inner)), 1 << 14)
    where T : unmanaged
{
    readonly nint _from = (nint)(inner?.Strides[0] ?? 0), _to = (nint)(inner?.Strides[1] ?? 0);

    internal CopyStrided(KernelPlan plan) : this(plan, plan.Loops.MinBy(loop => loop.ResultStride)) { }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(nint* addresses, long count)
    {
        var source = (T*)addresses[0];
        var destination = (T*)addresses[1];
        if (_from == 0 && _to == 1) new Span<T>(destination, (int)count).Fill(*source);
        else for (; count > 0; count--, source += _from, destination += _to) *destination = *source;
    }
}
