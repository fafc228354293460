using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Sums split over groups: the first launch writes partial sums to scratch memory, <c>[split, free...]</c> dense, the second adds them up in the order of
/// the splits, so that the result is the same bits every time.
/// </summary>
static class SecondStage
{
    const int FewSplits = 64;

    /// <summary>The element type of partial sums.</summary>
    internal static ElementType Element(KernelPlan plan) => plan.Element == ElementType.Half ? ElementType.Float : plan.Element;

    internal static long Bytes(KernelPlan plan, long splits) => checked(splits * Count(plan) * Element(plan).Size());

    /// <summary>How many elements one split writes.</summary>
    internal static long Count(KernelPlan plan) => plan.Loops.Where(loop => loop.Role != LoopRole.Contracted).Aggregate(1L, (product, loop) => checked(product * loop.Extent));

    /// <summary>Where the first stage writes: the plan with the result's strides those of the scratch memory.</summary>
    internal static KernelPlan First(KernelPlan plan)
    {
        var loops = plan.Loops.ToArray();
        var next = 1L;
        for (var i = loops.Length - 1; i >= 0; i--)
        {
            if (loops[i].Role == LoopRole.Contracted) continue;
            loops[i] = loops[i] with { Strides = loops[i].Strides.SetItem(plan.Operands.Length, next) };
            next *= loops[i].Extent;
        }
        return plan with { Loops = [.. loops], Result = new(plan.Element) };
    }

    /// <summary><c>scratch[s, i] -> out[i]</c></summary>
    internal static EmittedKernel Emit(KernelPlan plan, KernelView view, long splits, EmitTarget target)
    {
        var first = First(plan);
        var free = plan.Loops.Zip(first.Loops).Where(pair => pair.First.Role != LoopRole.Contracted)
            .Select(pair => new Loop(pair.First.Extent, LoopRole.Free, [pair.Second.ResultStride, pair.First.ResultStride]));
        var sum = new KernelPlan(KernelKind.Reduction, [new(Element(plan))], plan.Result, [.. free, new Loop(splits, LoopRole.Contracted, [Count(plan), 0])]);
        GpuFamily family = splits > FewSplits ? new RowsFamily() : new NestFamily();
        var second = family.Emit(sum, view.Final(Element(plan)), target with { Options = target.Options with { Specialise = false, Tile = null, Splits = 1 } }).Single();
        return second with { ScratchBytes = Bytes(plan, splits) };
    }
}
