using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// <c>out[i] = sum over k of a product</c>: the lanes of a sum step through k together and add up their parts as a tree in local memory. Where there
/// are too few sums to fill the device, each is split over groups and finished by a second launch.
/// </summary>
static class LaneSums
{
    /// <summary>Sums that a thread keeps apart, so that one addition does not wait for the other.</summary>
    const int Chains = 4;

    /// <param name="lanesFirst">Whether neighbouring threads are lanes of one sum; otherwise they are neighbouring sums.</param>
    /// <param name="main">The operand that is read most: neighbouring threads read its neighbours.</param>
    internal static ImmutableArray<EmittedKernel> Emit(string name, KernelPlan plan, KernelView view, ReductionShape shape, bool lanesFirst, int main, EmitTarget target)
    {
        if (shape.Splits == 1) return [One(name, plan, view, shape, lanesFirst, main, target, scratchBytes: 0)];
        var bytes = SecondStage.Bytes(plan, shape.Splits);
        return
        [
            One(name + "_part", SecondStage.First(plan), view.Partial(SecondStage.Element(plan)), shape, lanesFirst, main, target, bytes),
            SecondStage.Emit(plan, view, shape.Splits, target),
        ];
    }

    static EmittedKernel One(
        string name, KernelPlan plan, KernelView view, ReductionShape shape, bool lanesFirst, int main, EmitTarget target, long scratchBytes)
    {
        var (body, sizes) = (new IrBuilder(), new SizeList(target.Options.Specialise));
        var result = plan.Operands.Length;
        int[] nearest = [main, .. Enumerable.Range(0, result).Where(operand => operand != main)];
        var free = Digits.Of(LoopOrder.ByStride(plan, role => role != LoopRole.Contracted, lanesFirst ? [result, .. nearest] : [.. nearest, result]), "N", sizes, result + 1);
        var deep = Digits.Of(LoopOrder.ByStride(plan, role => role == LoopRole.Contracted, nearest), "K", sizes, result + 1);
        var splits = scratchBytes > 0 ? sizes.Extent("S", shape.Splits) : 1;
        var chunk = scratchBytes > 0 ? sizes.Extent("CHUNK", shape.Chunk) : 0;

        var (thread, group) = (new BuiltinExpr(IrBuiltin.Thread), new BuiltinExpr(IrBuiltin.Group));
        var count = free.Extent(body, "count");
        var depth = deep.Extent(body, "depth");
        var lane = body.Let("lane", lanesFirst ? thread % shape.Lanes : thread / shape.Sums);
        var sum = body.Let("sum", group / splits * shape.Sums + (lanesFirst ? thread / shape.Lanes : thread % shape.Sums));
        var from = scratchBytes > 0 ? body.Let("from", group % splits * chunk) : 0;
        var to = scratchBytes > 0 ? body.Let("to", IrExpr.Min(from + chunk, depth)) : depth;
        var arithmetic = plan.Element.Arithmetic();
        var parts = body.Registers("parts", arithmetic, Chains);
        body.Unrolled("c", Chains, c => body.Store(parts, c, Elements.Zero(arithmetic)));
        var places = free.Split(body, "n", sum);
        body.If(sum < count, () =>
        {
            var starts = Enumerable.Range(0, result).Select(operand => body.Let($"at_{Digits.Name(operand)}", free.Offset(places, operand))).ToArray();
            body.For("k", from + lane, to, Chains * shape.Lanes, k => body.Unrolled("c", Chains, c =>
            {
                var term = body.Let("term", k + c * shape.Lanes);
                body.If(term < to, () =>
                {
                    var digits = deep.Split(body, "k", term);
                    body.Store(parts, c, Elements.MultiplyAdd(plan, view, [.. starts.Select((start, operand) => start + deep.Offset(digits, operand))], parts[c]));
                });
            }));
        });
        var total = parts[0] + parts[1] + (parts[2] + parts[3]);
        if (shape.Lanes > 1) total = Tree(body, shape, lanesFirst, thread, lane, total);
        body.If(IrExpr.Equal(lane, 0) & (sum < count), () =>
        {
            var place = free.Offset(places, result);
            if (scratchBytes > 0) place += group % splits * count;
            Elements.Write(body, view.Result, place, total, plan.Result);
        });
        var groups = (long)Math.Ceiling(plan.Iterations(role => role != LoopRole.Contracted) / shape.Sums) * shape.Splits;
        var wide = Reach.NeedsWideIndex(plan) || scratchBytes > Reach.Limit;
        return EmittedKernels.Create(name, body, view, sizes, wide, shape.Threads, groups, target, scratchBytes);
    }

    /// <summary>Adds up the lanes' parts, the upper half to the lower half, until one is left.</summary>
    static IrExpr Tree(IrBuilder body, ReductionShape shape, bool lanesFirst, IrExpr thread, IrExpr lane, IrExpr total)
    {
        var partial = body.Local("partial", total.Type.Storage(), shape.Threads);
        body.Store(partial, thread, total);
        body.Barrier();
        for (var half = shape.Lanes / 2; half > 0; half /= 2)
        {
            var distance = half * (lanesFirst ? 1 : shape.Sums);
            body.If(lane < half, () => body.Store(partial, thread, partial[thread] + partial[thread + distance]));
            body.Barrier();
        }
        return partial[thread];
    }
}
