using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// <c>ij,j->ij</c>, <c>ij,ij,j->i</c>, a copy, a conversion: any number of operands, any sum of products. A thread per element of the result, which
/// runs through the contracted loops itself. It runs everything.
/// </summary>
sealed class NestFamily : GpuFamily
{
    internal override string Name => "nest";

    internal override bool CanRun(KernelPlan plan, EmitTarget target) => true;

    internal override ImmutableArray<EmittedKernel> Emit(KernelPlan plan, KernelView view, EmitTarget target)
    {
        var (body, sizes) = (new IrBuilder(), new SizeList(target.Options.Specialise));
        var tensors = plan.Operands.Length + 1;
        int[] nearest = [tensors - 1, .. Enumerable.Range(0, tensors - 1)];
        var free = Digits.Of(Padded(plan, LoopOrder.ByStride(plan, role => role != LoopRole.Contracted, nearest), LoopRole.Free), "N", sizes, tensors);
        var depth = Digits.Of(Padded(plan, LoopOrder.ByStride(plan, role => role == LoopRole.Contracted, nearest[1..]), LoopRole.Contracted), "K", sizes, tensors);
        GridLoop.Write(body, free, point =>
        {
            var places = Enumerable.Range(0, tensors).Select(tensor => body.Let($"at_{Digits.Name(tensor, tensors)}", point(tensor))).ToArray();
            Elements.Write(body, view.Result, places[^1], depth.IsEmpty ? Single(plan, view, places) : Sum(body, plan, view, depth, places), plan.Result);
        });
        var groups = GridLoop.Groups(plan.Iterations(role => role != LoopRole.Contracted), target.Limits);
        return [EmittedKernels.Create("nest", body, view, sizes, Reach.NeedsWideIndex(plan), GridLoop.Threads, groups, target)];
    }

    /// <summary>A small plan is padded with loops of one turn, so that few programs, which take long to compile, serve all small plans.</summary>
    static Loop[] Padded(KernelPlan plan, Loop[] loops, LoopRole role)
    {
        if (!GpuFamilies.IsSmall(plan) || loops.Length == 0 && role == LoopRole.Contracted) return loops;
        var one = new Loop(1, role, [.. new long[plan.Operands.Length + 1]]);
        return [.. Enumerable.Repeat(one, (loops.Length + 3) / 4 * 4 - loops.Length), .. loops];
    }

    static IrExpr Single(KernelPlan plan, KernelView view, IrExpr[] places) =>
        plan.Operands.Length == 1 ? Elements.ReadMoved(plan, view, places[0]) : Elements.Product(plan, view, places, plan.Operands.Length);

    static IrExpr Sum(IrBuilder body, KernelPlan plan, KernelView view, Digits depth, IrExpr[] places)
    {
        var sum = body.Variable("sum", Elements.Zero(plan.Element.Arithmetic()));
        Loop(0, places);
        return sum;

        void Loop(int digit, IrExpr[] at)
        {
            if (digit == depth.Extents.Length) body.Set(sum, Elements.MultiplyAdd(plan, view, at, sum));
            else body.For($"k{digit}", 0, depth.Extents[digit], 1, k => Loop(digit + 1, [.. at.Select((place, tensor) => place + k * depth.Strides[digit][tensor])]));
        }
    }
}
