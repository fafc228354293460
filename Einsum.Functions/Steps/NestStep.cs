using EinsumNet.Backends.Cpu;

namespace EinsumNet.Functions;

/// <summary>A fused loop nest, emitted for it alone. Threads share stretches of its outermost loop, whose cuts do not depend on their number.</summary>
sealed unsafe class NestStep : PartStep
{
    /// <summary>A fraction of a millisecond.</summary>
    const double StretchWork = 1 << 19;

    /// <summary>So many elements of a vector cost what one operation does, where sums share what they load.</summary>
    const double Jammed = 4;

    /// <summary>Stretches of a vectorised loop are of whole vectors, and cache lines of the result.</summary>
    const long Grain = 64;

    readonly KernelBody _body;
    readonly Kernel _kernel;
    readonly VectorChoice _vector;
    readonly long _extent, _stretch;
    readonly int _stretches, _maxThreads = EngineScope.Current.Options.MaxThreads;

    /// <summary>The kernel whole, or with the first <paramref name="leading"/> loops kept apart, for parts of them.</summary>
    internal NestStep(Kernel kernel, int leading = 0) : base(kernel.Reads, kernel.Writes)
    {
        _kernel = MergeKernelLoops.Run(kernel, leading);
        _vector = VectorChoice.Of(_kernel);
        var bounded = leading > 0 ? leading : Math.Min(1, _kernel.Free.Length);
        _body = KernelMethod.Of(_kernel, _vector, bounded);
        if (bounded != 1) return;
        _extent = _kernel.Free[0];
        var grain = _vector.Loop == 0 ? Grain : 1;
        var sharesLoads = _vector.Loop < _kernel.Free.Length && !JamLoops.Of(_kernel, _vector).IsNone;
        var each = Math.Max(1, _kernel.Work / Math.Max(1, _extent) / (sharesLoads ? Math.Max(1, _vector.Lanes / Jammed) : 1));
        _stretch = (long)Math.Clamp(Math.Ceiling(StretchWork / each / grain), 1, Math.Max(1, Math.Ceiling((double)_extent / grain))) * grain;
        _stretches = (int)Math.Min(int.MaxValue, (_extent + _stretch - 1) / _stretch);
    }

    internal Kernel Kernel => _kernel;

    internal VectorChoice Vector => _vector;

    internal override string Text => $"{KernelText.Of(_kernel)}, {(_vector.Lanes > 1 ? $"vectors of {_vector.Lanes}" : "scalar")}";

    internal override void RunPart(nint* addresses, long* bounds) => _body(addresses, bounds);

    internal override void Run(nint* addresses)
    {
        if (_stretches > 1)
        {
            var job = new Stretches(this, addresses);
            WorkerPool.Shared.Run(ref job, _stretches, _maxThreads);
            return;
        }
        var bounds = stackalloc long[2];
        bounds[0] = 0;
        bounds[1] = _extent;
        _body(addresses, bounds);
    }

    readonly struct Stretches(NestStep step, nint* addresses) : IJob
    {
        public void Execute(int task)
        {
            var bounds = stackalloc long[2];
            bounds[0] = task * step._stretch;
            bounds[1] = Math.Min(step._extent, bounds[0] + step._stretch);
            step._body(addresses, bounds);
        }
    }
}
