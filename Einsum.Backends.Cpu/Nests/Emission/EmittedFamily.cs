using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>Runs a plan of any kind and any number of operands as a fused loop nest that is emitted for this plan alone.</summary>
sealed class EmittedFamily : KernelFamily
{
    internal override string Name => "emitted";

    internal override bool CanRun(KernelPlan plan) =>
        RuntimeFeature.IsDynamicCodeSupported
        && plan.Operands.Length > 0
        && plan.IsVectorisable()
        && plan.Loops.All(loop => loop.Extent > 0);

    internal override CpuKernel Create(KernelPlan plan, int simdBits)
    {
        var schedule = NestSchedule.Make(plan, simdBits);
        var method = new DynamicMethod("nest", typeof(void), [typeof(nint*), typeof(long), typeof(long)], typeof(EmittedFamily).Module);
        NestEmitter.Emit(method.GetILGenerator(), plan, schedule);
        return new EmittedKernel(plan, schedule, method.CreateDelegate<NestBody>());
    }
}

/// <summary>Runs the iterations [<paramref name="from"/>, <paramref name="to"/>) of the outermost free loop.</summary>
unsafe delegate void NestBody(nint* addresses, long from, long to);

/// <summary>An emitted nest, inside a short loop that is not part of the code, so that there are iterations for many threads.</summary>
sealed unsafe class EmittedKernel : RangeKernel
{
    readonly NestBody _body;
    readonly nint[] _around;
    readonly long _inner;

    internal EmittedKernel(KernelPlan plan, NestSchedule schedule, NestBody body) : base(
        (schedule.Around?.Extent ?? 1) * (schedule.Outermost?.Extent ?? 1),
        plan.Iterations * plan.Operands.Length / ((schedule.Around?.Extent ?? 1) * (schedule.Outermost?.Extent ?? 1)),
        schedule.Outermost == schedule.Vector ? schedule.Lanes * schedule.Block : 1)
    {
        (_body, _inner) = (body, schedule.Outermost?.Extent ?? 1);
        _around = schedule.Around is { } around ? Odometer.ByteStrides(plan, around) : [];
    }

    protected override void Run(nint* addresses, long from, long to)
    {
        if (_around.Length == 0)
        {
            _body(addresses, from, to);
            return;
        }
        var moved = stackalloc nint[_around.Length];
        while (from < to)
        {
            var (outer, first) = Math.DivRem(from, _inner);
            var last = Math.Min(_inner, first + to - from);
            for (var i = 0; i < _around.Length; i++) moved[i] = addresses[i] + (nint)outer * _around[i];
            _body(moved, first, last);
            from += last - first;
        }
    }
}
