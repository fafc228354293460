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
        && plan.Operands.All(operand => operand.Element == plan.Element)
        && plan.Element.IsVectorisable()
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

/// <summary>An emitted nest.</summary>
sealed unsafe class EmittedKernel(KernelPlan plan, NestSchedule schedule, NestBody body) : RangeKernel(
    schedule.Outermost?.Extent ?? 1,
    plan.Iterations * plan.Operands.Length / (schedule.Outermost?.Extent ?? 1),
    schedule.Outermost == schedule.Vector ? schedule.Lanes * schedule.Block : 1)
{
    protected override void Run(nint* addresses, long from, long to) => body(addresses, from, to);
}
