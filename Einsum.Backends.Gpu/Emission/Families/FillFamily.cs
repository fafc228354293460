using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary><c>-> i</c>: zeros; also a sum over nothing. A thread per element, as many groups as keep the device busy.</summary>
sealed class FillFamily : GpuFamily
{
    internal override string Name => "fill";

    internal override bool CanRun(KernelPlan plan, EmitTarget target) => plan.Operands.IsEmpty || plan.Extent(LoopRole.Contracted) == 0;

    internal override ImmutableArray<EmittedKernel> Emit(KernelPlan plan, KernelView view, EmitTarget target)
    {
        var (body, sizes) = (new IrBuilder(), new SizeList(target.Options.Specialise));
        var tensors = plan.Operands.Length + 1;
        var free = Digits.Of(LoopOrder.ByStride(plan, role => role != LoopRole.Contracted, tensors - 1), "N", sizes, tensors);
        var count = plan.Iterations(role => role != LoopRole.Contracted);
        GridLoop.Write(body, free, point => Elements.Write(body, view.Result, point(tensors - 1), Elements.Zero(plan.Element.Arithmetic()), plan.Result));
        return [EmittedKernels.Create("fill", body, view, sizes, Reach.NeedsWideIndex(plan), GridLoop.Threads, GridLoop.Groups(count, target.Limits), target)];
    }
}
